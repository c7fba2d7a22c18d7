// To be built.

export default function HomePage() {
  return null;
}
