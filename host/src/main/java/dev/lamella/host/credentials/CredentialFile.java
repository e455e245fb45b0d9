package dev.lamella.host.credentials;

import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of credentials as Docker and the tools of containers have it, at most 4 MiB. Fields that
 * it is not about are kept. It is replaced as a whole, and then readable by its owner alone.
 */
final class CredentialFile {
  private static final int LONGEST = 4 << 20;
  private static final String AUTHS = "auths";
  private static final String STORE = "credsStore";
  private static final String HELPERS = "credHelpers";

  private final Path path;

  CredentialFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** The helper that the file says keeps the credentials of a store. */
  Optional<String> helper(String store) {
    JsonNode root = read();
    return text(root.path(HELPERS).path(store)).or(() -> text(root.path(STORE)));
  }

  /** What is in the file itself: what {@link #store} kept before what older clients left. */
  Optional<Credential> find(String store) {
    JsonNode auths = read().path(AUTHS);
    return Stream.concat(Stream.of(store), keys(auths, store).stream())
        .map(key -> credential(auths.path(key)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The keys of a store, in all of their forms. */
  private static List<String> keys(JsonNode auths, String store) {
    return auths.propertyNames().stream().filter(key -> host(key).equals(store)).toList();
  }

  private Optional<Credential> credential(JsonNode entry) {
    Optional<String> token = text(entry.path("identitytoken"));
    return token.isPresent()
        ? token.map(value -> new Credential.IdentityToken(value, path.toString()))
        : text(entry.path("auth")).map(this::password);
  }

  private Credential password(String encoded) {
    try {
      String decoded =
          new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      if (colon > 0) {
        return new Credential.Password(
            decoded.substring(0, colon), decoded.substring(colon + 1), path.toString());
      }
    } catch (IllegalArgumentException _) {
      // Its message would show a piece of it.
    }
    throw wrong("an 'auth' in it is not base64 of account:secret");
  }

  /** Keeps it in the file itself. */
  void store(String store, Credential.Password password) {
    ObjectNode root = read();
    String plain = password.account() + ":" + password.secret();
    object(root, AUTHS)
        .putObject(store)
        .put("auth", Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    write(root);
  }

  /** Notes that a helper keeps it. */
  void storeElsewhere(String store) {
    ObjectNode root = read();
    object(root, AUTHS).putObject(store);
    write(root);
  }

  /**
   * What older clients left, too: else one would still sign in with it.
   *
   * @return whether there was something; nothing is written where there was not
   */
  boolean erase(String store) {
    ObjectNode root = read();
    if (!(root.path(AUTHS) instanceof ObjectNode auths)) {
      return false;
    }
    List<String> keys = keys(auths, store);
    if (!keys.isEmpty()) {
      var _ = auths.remove(keys);
      write(root);
    }
    return !keys.isEmpty();
  }

  private ObjectNode object(ObjectNode root, String field) {
    return switch (root.get(field)) {
      case null -> root.putObject(field);
      case ObjectNode there -> there;
      default -> throw wrong("'" + field + "' is no object");
    };
  }

  private static Optional<String> text(JsonNode node) {
    return Optional.of(node.asString("")).filter(value -> !value.isEmpty());
  }

  /** Older clients have a URL for a key, such as {@code https://store.example/v1/}. */
  private static String host(String key) {
    return key.replaceFirst("^https?://", "").replaceFirst("/.*", "").toLowerCase(Locale.ROOT);
  }

  private ObjectNode read() {
    byte[] json;
    try (InputStream in = Files.newInputStream(path)) {
      json = in.readNBytes(LONGEST + 1);
    } catch (NoSuchFileException _) {
      json = new byte[] {'{', '}'};
    } catch (IOException e) {
      throw LocalFile.failure("read", path, e);
    }
    if (json.length > LONGEST) {
      throw wrong("it has over " + LONGEST + " bytes");
    }
    try {
      if (Json.tree(json) instanceof ObjectNode root) {
        return root;
      }
    } catch (Refusal e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    throw wrong("it is no JSON object");
  }

  private HostFailure wrong(String why) {
    return new HostFailure(ExitCode.IO, "cannot use %s: %s".formatted(path, why));
  }

  private void write(ObjectNode root) {
    try {
      // Where it is a link, that stays, and what it leads to is replaced.
      Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
      Path directory = target.resolveSibling("");
      if (!Files.isDirectory(directory)) {
        var _ =
            Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      // Such a file is for its owner alone from the beginning.
      Path fresh = Files.createTempFile(directory, ".config", ".json");
      try {
        var _ = Files.writeString(fresh, Json.pretty(root) + "\n", StandardCharsets.UTF_8);
        var _ = Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw LocalFile.failure("write", path, e);
    }
  }
}
