// To be built.

export default function AccountPage() {
  return null;
}
