package dev.lamella.host.source;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The files that a source holds, by their names in it. Nothing is unpacked. */
interface SourceFiles {
  Path source();

  /**
   * @param name with '/' between its parts
   */
  Optional<Region> find(String name);

  default Region require(String name) {
    return find(name).orElseThrow(() -> bad("%s is missing".formatted(name)));
  }

  default HostFailure bad(String why) {
    return new HostFailure(ExitCode.BAD_SOURCE, source() + ": " + why);
  }

  /**
   * A name without '.' and '..'. One that begins with '/' is taken from the source's top, as tar
   * does it.
   *
   * @throws HostFailure where it leaves the source: it has too many '..'
   */
  default String normal(String name) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : name.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (parts.pollLast() == null) {
            throw bad("the name %s leads out of it".formatted(name));
          }
        }
        default -> parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
