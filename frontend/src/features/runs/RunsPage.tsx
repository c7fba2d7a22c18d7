// To be built.

export default function RunsPage() {
  return null;
}
