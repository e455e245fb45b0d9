package dev.lamella.embedded;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.gaul.shaded.org.eclipse.jetty.server.Server;

/**
 * An S3 endpoint (s3proxy over a directory) that checks signatures, also those of presigned URLs,
 * and the headers Content-MD5 and x-amz-checksum-sha256, -crc32c, … of what is put.
 */
public final class S3Server implements AutoCloseable {
  private static final int LARGEST_SIGNED_BODY = 64 << 20;
  private static final int THREADS = 256;

  /** What s3proxy calls a file until all its bytes are there; not the parts of a multipart. */
  private static final Pattern UNFINISHED =
      Pattern.compile("(?!\\.mpus-).+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Path directory;
  private final S3Proxy proxy;
  private final Optional<ShapedLink> link;

  private S3Server(Path directory, S3Proxy proxy, Optional<ShapedLink> link) {
    this.directory = directory;
    this.proxy = proxy;
    this.link = link;
  }

  /**
   * Starts on a free port, with what the directory holds from earlier runs.
   *
   * @param shaping puts a {@link ShapedLink} in front unless it is none
   */
  public static S3Server start(Path directory, Credentials credentials, Shaping shaping)
      throws IOException {
    Files.createDirectories(directory);
    removeUnfinished(directory);
    Properties properties = new Properties();
    properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    LinkedParts store =
        new LinkedParts(BlobStores.create("filesystem-nio2", properties), directory);
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(
                AuthenticationType.AWS_V4, credentials.accessKey(), credentials.secretKey())
            .ignoreUnknownHeaders(true)
            .v4MaxNonChunkedRequestSize(LARGEST_SIGNED_BODY)
            .jettyMaxThreads(THREADS)
            .stopTimeout(0) // A client that keeps its connection open must not hold up the end.
            .build();
    try {
      addFilters(proxy, List.of(new Ranges(store), new ConditionalDeletes(store)));
      proxy.start();
      return new S3Server(
          directory,
          proxy,
          shaping.isNone()
              ? Optional.empty()
              : Optional.of(ShapedLink.start(proxy.getPort(), shaping)));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the embedded S3 server did not start: " + e.getMessage(), e);
    }
  }

  /**
   * Puts them before what the proxy does. It has to be done before the proxy starts, and there is
   * no other way to its server than a field that is private.
   */
  private static void addFilters(S3Proxy proxy, List<Filter> filters)
      throws ReflectiveOperationException {
    var field = S3Proxy.class.getDeclaredField("server");
    field.setAccessible(true);
    ServletContextHandler handler =
        ((Server) field.get(proxy)).getDescendant(ServletContextHandler.class);
    filters.forEach(
        filter ->
            handler.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST)));
  }

  /** A PUT that the end of a process broke off has left its file, which would be listed. */
  private static void removeUnfinished(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(S3Server::isUnfinished).toList()) {
        Files.delete(file);
      }
    }
  }

  private static boolean isUnfinished(Path file) {
    return UNFINISHED.matcher(file.getFileName().toString()).matches()
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Creates the buckets that are absent. */
  public void create(Collection<String> buckets) throws IOException {
    for (String bucket : buckets) {
      Files.createDirectories(directory.resolve(bucket)); // A directory is what a bucket is here.
    }
  }

  /** Where clients reach it: through the shaped link if there is one. */
  public URI uri() {
    return link.map(ShapedLink::uri)
        .orElseGet(() -> URI.create("http://127.0.0.1:" + proxy.getPort()));
  }

  @Override
  public void close() throws IOException {
    if (link.isPresent()) {
      link.get().close();
    }
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IOException("the embedded S3 server did not stop: " + e.getMessage(), e);
    }
  }
}
