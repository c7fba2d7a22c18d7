// To be built.

export default function RunPage() {
  return null;
}
