package dev.lamella.local.demo;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Real images, made without Docker. */
public final class DemoImage {
  private static final AbsoluteUnixPath JDK = AbsoluteUnixPath.get("/opt/jdk");
  private static final AbsoluteUnixPath LIBRARIES = AbsoluteUnixPath.get("/opt/lamella/lib");
  private static final AbsoluteUnixPath LAMELLA = AbsoluteUnixPath.get("/opt/lamella/app");
  private static final int RANDOM_BYTES = 48 << 20;

  private DemoImage() {}

  /**
   * An image from what the machine has: this Java as the base layer, the libraries that run the
   * demo as the second, Lamella itself as the third. It would run, too: its entry point is the host
   * command.
   *
   * @param archive the OCI archive to write
   */
  public static void write(Path archive, Path work) throws IOException {
    List<Path> classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .filter(Files::exists)
            .sorted()
            .toList();
    List<Path> ours = classPath.stream().filter(DemoImage::isOurs).toList();
    List<Path> libraries = classPath.stream().filter(entry -> !isOurs(entry)).toList();
    write(
        archive,
        work,
        List.of(jdk(), layer("libraries", libraries, LIBRARIES), layer("lamella", ours, LAMELLA)));
  }

  /** An image of noise, of which no byte is in the other one: enough to warm up every function. */
  public static void writeNoise(Path archive, Path work) throws IOException {
    byte[] noise = new byte[RANDOM_BYTES];
    new Random().nextBytes(noise);
    Path file = Files.write(archive.resolveSibling("noise"), noise);
    write(archive, work, List.of(layer("noise", List.of(file), LAMELLA)));
  }

  private static void write(Path archive, Path work, List<FileEntriesLayer> layers)
      throws IOException {
    try {
      Jib.fromScratch()
          .setFormat(ImageFormat.OCI)
          .setFileEntriesLayers(layers)
          .setEntrypoint(
              JDK.resolve("bin/java").toString(),
              "-cp",
              LIBRARIES + "/*:" + LAMELLA + "/*",
              "dev.lamella.host.Lamella")
          .containerize(
              Containerizer.to(TarImage.at(archive).named("lamella/demo"))
                  .setBaseImageLayersCache(work.resolve("base"))
                  .setApplicationLayersCache(work.resolve("application"))
                  .setOfflineMode(true));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while making the image", e);
    } catch (InvalidImageReferenceException
        | CacheDirectoryCreationException
        | RegistryException
        | ExecutionException e) {
      throw new IOException("the demo's image could not be made: " + e.getMessage(), e);
    }
  }

  private static boolean isOurs(Path entry) {
    return entry.getFileName().toString().startsWith("lamella-") || Files.isDirectory(entry);
  }

  /** The sources that come with a JDK are no part of running it. */
  private static boolean isNeeded(Path file) {
    return !file.getFileName().toString().equals("src.zip");
  }

  private static FileEntriesLayer jdk() throws IOException {
    Path home = Path.of(System.getProperty("java.home"));
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("jdk");
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(DemoImage::isNeeded).sorted().toList()) {
        layer.addEntry(file, JDK.resolve(home.relativize(file).toString()));
      }
    }
    return layer.build();
  }

  private static FileEntriesLayer layer(String name, List<Path> entries, AbsoluteUnixPath to)
      throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
    for (Path entry : entries) {
      layer.addEntryRecursive(entry, to.resolve(entry.getFileName().toString()));
    }
    return layer.build();
  }
}
