// To be built.

export default function TemplatePage() {
  return null;
}
