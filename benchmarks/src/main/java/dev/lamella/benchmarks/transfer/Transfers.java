package dev.lamella.benchmarks.transfer;

import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The benchmarks of pushes, pulls and verifications. */
public final class Transfers {
  static {
    // Connections kept for each host, as the host's own client sets it; read at the first one.
    System.setProperty("http.maxConnections", "256");
  }

  private final Path template;
  private final PrintStream told;

  /**
   * @param told of each step, as it ends
   */
  public Transfers(Path template, PrintStream told) {
    this.template = template;
    this.told = told;
  }

  /**
   * @param size of the layer in bytes, at most 2 GiB
   */
  public List<Comparison> shaped(long size, int rounds) throws IOException {
    told.printf("S3 far away, a layer of %d MiB:%n", size >> 20);
    try (Workspace workspace = Workspace.open()) {
      return new Shaped(template, workspace, new Timer(told)).run(Math.toIntExact(size), rounds);
    }
  }

  /**
   * @param size of the layer that is read, in bytes
   */
  public List<Comparison> verified(long size, int rounds) throws IOException {
    told.printf(
        "S3 near, a layer of %d MiB to read and one of %d shards to look at:%n",
        size >> 20, Verified.SHARDS);
    try (Workspace workspace = Workspace.open()) {
      return new Verified(template, workspace, new Timer(told)).run(size, rounds);
    }
  }

  /**
   * @param size of the layer in bytes
   */
  public List<Comparison> unshaped(long size, int rounds) throws IOException {
    told.printf("S3 near, a layer of %d MiB:%n", size >> 20);
    try (Workspace workspace = Workspace.open()) {
      return new Unshaped(template, workspace, new Timer(told)).run(size, rounds);
    }
  }

  /**
   * @param size of the layer in bytes
   * @param results get what is measured
   * @throws IOException also if a program that it needs is missing; the message says how to get it
   */
  public void registry(long size, int rounds, Results results) throws IOException {
    told.printf("Lamella and distribution, a layer of %d MiB:%n", size >> 20);
    try (Workspace workspace = Workspace.open()) {
      Tools tools = new Tools(template.resolveSibling("tests/clients/tool"));
      new Registries(template, workspace, new Timer(told), tools).run(size, rounds, results);
    }
  }

  /**
   * @param size of all layers of the image, in bytes
   * @param results get what is measured
   */
  public void signedIn(long size, int rounds, Results results) throws IOException {
    told.printf("S3 near, an image of %d MiB, signed in and at an open store:%n", size >> 20);
    try (Workspace workspace = Workspace.open()) {
      new SignedIn(template, workspace, new Timer(told)).run(size, rounds, results);
    }
  }
}
