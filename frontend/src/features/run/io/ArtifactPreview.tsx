// A look into an artifact: text, JSON, a table, an image, a page in a sandbox, or what is inside a folder or archive.

import { ActionIcon, Group, SegmentedControl, Table, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { Icon } from "@/shared/ui/Icon";
import { ProblemState } from "@/shared/ui/ProblemState";
import { contentAddress, isPage, lookInto, outOf, prettyJson, sizeText, TOP, within, type ListedArtifact, type Place, type Preview } from "./artifacts";
import classes from "./io.module.css";
import { ioMessages } from "./messages";

export function ArtifactPreview({ artifact }: { artifact: ListedArtifact }) {
  const t = useMessages(ioMessages);
  const [place, setPlace] = useState<Place>(TOP);
  const { data, error, refetch } = useQuery({
    queryKey: ["artifact", artifact.links.preview, place],
    queryFn: ({ signal }) => lookInto(artifact, place, signal),
    staleTime: 60_000,
  });
  const out = outOf(place);
  const where = [place.path, place.entry].filter(Boolean).join(" › ");
  return (
    <div className={classes.panel}>
      {where || out ? (
        <Group gap="xs" mb={4}>
          {out ? (
            <UnstyledButton fz="sm" td="underline" onClick={() => setPlace(out)}>
              {t.up}
            </UnstyledButton>
          ) : null}
          <Text span size="sm" className="mono">
            {where}
          </Text>
          {data && data.kind !== "archive" && data.kind !== "folder" ? (
            <Tooltip label={t.download(where)}>
              <ActionIcon component="a" href={contentAddress(artifact, place, "save")} download aria-label={t.download(where)}>
                <Icon name="download" size={14} />
              </ActionIcon>
            </Tooltip>
          ) : null}
        </Group>
      ) : null}
      {error ? <ProblemState problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Text className="dim">{t.loading}</Text> : null}
      {data ? <Shown artifact={artifact} place={shownPlace(place, data)} preview={data} onPlace={setPlace} /> : null}
      {data && !data.isWhole && data.kind !== "other" ? (
        <Text size="xs" className="dim" mt={4}>
          {t.beginning}
        </Text>
      ) : null}
    </div>
  );
}

// Of an archive with one file the server shows that file.
function shownPlace(place: Place, preview: Preview): Place {
  return preview.entry ? { ...place, entry: preview.entry } : place;
}

interface ShownProps {
  artifact: ListedArtifact;
  place: Place;
  preview: Preview;
  onPlace: (place: Place) => void;
}

function Shown({ artifact, place, preview, onPlace }: ShownProps) {
  const t = useMessages(ioMessages);
  switch (preview.kind) {
    case "text":
      return isPage(preview) ? <PageOrSource artifact={artifact} place={place} text={preview.text} /> : <Source name={artifact.name} text={preview.text} />;
    case "json":
      return <Source name={artifact.name} text={prettyJson(preview.text)} />;
    case "table":
      return <Rows name={artifact.name} rows={preview.rows} />;
    case "image":
      return <img className={classes.image} src={contentAddress(artifact, place, "show")} alt={artifact.name} />;
    case "folder":
    case "archive":
      return <Entries preview={preview} place={place} onPlace={onPlace} />;
    default:
      return <Text className="dim">{t.noPreview}</Text>;
  }
}

function Source({ name, text }: { name: string; text: string }) {
  const t = useMessages(ioMessages);
  return (
    <pre className={classes.text} tabIndex={0} aria-label={name}>
      {text || t.empty}
    </pre>
  );
}

function PageOrSource({ artifact, place, text }: { artifact: ListedArtifact; place: Place; text: string }) {
  const t = useMessages(ioMessages);
  const [how, setHow] = useState("page");
  return (
    <>
      <Group gap="sm" mb={4}>
        <SegmentedControl
          size="xs"
          aria-label={t.look}
          value={how}
          onChange={setHow}
          data={[
            { value: "page", label: t.page },
            { value: "source", label: t.source },
          ]}
        />
        <Text size="xs" className="dim">
          {t.pageHelp}
        </Text>
      </Group>
      {how === "page" ? (
        <iframe className={classes.page} sandbox="" referrerPolicy="no-referrer" title={t.lookAt(artifact.name)} src={contentAddress(artifact, place, "show")} />
      ) : (
        <Source name={artifact.name} text={text} />
      )}
    </>
  );
}

function Rows({ name, rows }: { name: string; rows: readonly (readonly string[])[] }) {
  const [head, ...body] = rows;
  return (
    <div className={classes.text} tabIndex={0} role="region" aria-label={name}>
      <Table striped withColumnBorders fz="xs">
        <Table.Thead>
          <Table.Tr>
            {head?.map((cell, place) => (
              <Table.Th key={place} scope="col">
                {cell}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {body.map((row, place) => (
            <Table.Tr key={place}>
              {row.map((cell, column) => (
                <Table.Td key={column}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Entries({ preview, place, onPlace }: { preview: Preview; place: Place; onPlace: (place: Place) => void }) {
  const t = useMessages(ioMessages);
  if (preview.entries.length === 0) return <Text className="dim">{t.nothingInside}</Text>;
  return (
    <>
      <Text size="xs" className="dim">
        {t.inside(preview.entries.length)}
      </Text>
      <ul className={classes.entries}>
        {preview.entries.map((entry) => (
          <li key={entry.name}>
            <UnstyledButton fz="sm" td="underline" className="mono" onClick={() => onPlace(within(place, preview, entry))}>
              {entry.isDirectory ? entry.name.replace(/\/?$/, "/") : entry.name}
            </UnstyledButton>
            <span className="dim"> {sizeText(entry.size)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
