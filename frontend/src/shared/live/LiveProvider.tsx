// The page's one live connection, for every component below.

import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { LiveSocket, type ConnectionState } from "./socket";

const SocketContext = createContext<LiveSocket | undefined>(undefined);

export function LiveProvider({ children }: { children: ReactNode }) {
  const [socket] = useState(() => new LiveSocket(socketUrl()));
  useEffect(() => {
    socket.open();
    return () => socket.close();
  }, [socket]);
  return <SocketContext value={socket}>{children}</SocketContext>;
}

export function useSocket(): LiveSocket {
  const socket = useContext(SocketContext);
  if (!socket) throw new Error("useSocket needs a LiveProvider");
  return socket;
}

export function useConnectionState(): ConnectionState {
  const socket = useSocket();
  return useSyncExternalStore(socket.onState, () => socket.state);
}

function socketUrl(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
}
