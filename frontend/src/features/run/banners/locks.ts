// Names of locks and of who holds them, as people read them. Pure.

/** "NAMESPACE/Mutex/NAME" without the namespace and "ConfigMap/MAP/KEY" as "MAP/KEY": that is how manifests name it. */
export function lockText(lock: string | undefined): string {
  const [, , ...name] = (lock ?? "").split("/");
  return name.join("/") || (lock ?? "");
}

/** Argo's holder key is NAMESPACE/RUN or NAMESPACE/RUN/NODE-ID; the id of a node begins with the name of its run. */
export function holderText(holder: unknown): string {
  const [namespace, run, node] = String(holder).split("/");
  return node ?? run ?? namespace ?? "";
}
