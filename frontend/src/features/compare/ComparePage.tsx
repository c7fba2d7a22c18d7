// To be built.

export default function ComparePage() {
  return null;
}
