// To be built.

export default function SubmitPage() {
  return null;
}
