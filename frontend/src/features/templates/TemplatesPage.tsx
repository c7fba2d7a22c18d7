// To be built.

export default function TemplatesPage() {
  return null;
}
