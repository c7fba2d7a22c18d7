// Artifacts as cards of the graph: one for each file, after the node that made it and before those that read it.

import type { GraphView } from "@/shared/live/graphStore";
import { nodeWithId } from "../model/tree";
import type { Card } from "./scene";
import { record, records, text, type Json } from "./templates";

export interface NamedArtifact {
  name: string;
  /** says where the file is: the same text means the same file; "" when it is not told */
  place: string;
}

export interface ArtifactsOfNode {
  inputs: readonly NamedArtifact[];
  outputs: readonly NamedArtifact[];
}

interface Placed {
  card: Card;
  makers: number[];
  users: number[];
}

/** By node id, from `status.nodes` of a Workflow object. Archived logs are left out: the logs tab has them. */
export function artifactsOf(workflow: Json | undefined): Map<string, ArtifactsOfNode> {
  const found = new Map<string, ArtifactsOfNode>();
  for (const [id, node] of Object.entries(record(record(workflow?.["status"])["nodes"]))) {
    const inputs = named(record(record(node)["inputs"])["artifacts"]);
    const outputs = named(record(record(node)["outputs"])["artifacts"]).filter((one) => !/(^|-)logs$/.test(one.name));
    if (inputs.length + outputs.length > 0) found.set(id, { inputs, outputs });
  }
  return found;
}

export function artifactCards(graph: GraphView, artifacts: ReadonlyMap<string, ArtifactsOfNode>): Placed[] {
  const all: Placed[] = [];
  const byPlace = new Map<string, Placed>();
  const each = (side: "outputs" | "inputs") => {
    for (const [id, of] of artifacts) {
      const node = nodeWithId(graph, id);
      // a composite repeats the artifacts of what is inside
      if (!node || ["DAG", "Steps", "StepGroup", "TaskGroup", "Retry"].includes(node.type)) continue;
      for (const artifact of of[side]) {
        const known = artifact.place ? byPlace.get(artifact.place) : undefined;
        const placed = known ?? { card: cardOf(artifact, node.idx, node.id), makers: [], users: [] };
        (side === "outputs" ? placed.makers : placed.users).push(node.idx);
        if (known) continue;
        all.push(placed);
        if (artifact.place) byPlace.set(artifact.place, placed);
      }
    }
  };
  each("outputs");
  each("inputs");
  return all;
}

function cardOf(artifact: NamedArtifact, idx: number, id: string): Card {
  return { kind: "artifact", idx, id, label: artifact.name, type: "Artifact", templateName: "", children: 0, folded: false, many: false, lane: 0 };
}

const NOT_A_PLACE: ReadonlySet<string> = new Set(["name", "path", "mode", "optional", "from", "fromExpression", "archive", "artifactGC", "deleted", "globalName", "recurseMode", "subPath", "archiveLogs"]); // prettier-ignore

function named(value: unknown): NamedArtifact[] {
  return records(value).map((artifact) => {
    const location = Object.entries(artifact).filter(([field]) => !NOT_A_PLACE.has(field));
    return { name: text(artifact["name"]), place: location.length > 0 ? JSON.stringify(location.sort()) : "" };
  });
}
