package dev.lamella.clients;

import java.nio.file.Path;
import java.util.Map;

/** It has a store of images, unlike a {@link Client}. */
final class Podman {
  private Podman() {}

  /** With stores of its own, which need no file system that can lie over another. */
  static Tool tool(Path home) {
    return Tool.find("podman", home)
        .withEnvironment(Map.of("XDG_RUNTIME_DIR", home.toString(), "TMPDIR", home.toString()))
        .with(
            "--root",
            home.resolve("root").toString(),
            "--runroot",
            home.resolve("runroot").toString(),
            "--storage-driver",
            "vfs",
            "--cgroup-manager",
            "cgroupfs",
            "--events-backend",
            "none");
  }
}
