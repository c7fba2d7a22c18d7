// To be built.

export default function SchedulesPage() {
  return null;
}
