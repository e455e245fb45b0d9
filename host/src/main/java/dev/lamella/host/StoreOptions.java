package dev.lamella.host;

import dev.lamella.core.access.TokenScope;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.credentials.Credentials;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which store a command talks to, and how: the same for every command. */
final class StoreOptions {
  private static final String DEFAULT = "http://127.0.0.1:5000";

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = {"--to", "--from", "--store"},
      paramLabel = "URL",
      description = "The store (default: $LAMELLA_URL, or " + DEFAULT + ").")
  private @Nullable String url;

  @Option(
      names = "--json",
      description =
          "Print one JSON document to standard output: the result, or {\"error\": …}."
              + " Standard error stays for people.")
  private boolean json;

  @Option(names = "--verbose", description = "Show also where in the program a failure came from.")
  private boolean verbose;

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }

  /** Of a command that is about the whole store. */
  StoreClient client() {
    return client(Optional.empty(), TokenScope.STORE);
  }

  /**
   * @param named host and port of the store that an image's name says, if it says one
   * @param scopes what the command is going to do, as {@link TokenScope} has them
   */
  StoreClient client(Optional<String> named, String... scopes) {
    URI store = url(System.getenv(), named);
    return client(store, credentials().find(store), scopes);
  }

  /** One that signs in with a credential, if there is one. */
  static StoreClient client(URI store, Optional<Credential> credential, String... scopes) {
    return new StoreClient(store, Retries.DEFAULT).signedIn(credential, List.of(scopes));
  }

  /** What the user of this machine signs in with. */
  static Credentials credentials() {
    return Credentials.of(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        warning -> System.err.println("lamella: " + Plain.line(warning)));
  }

  /**
   * The store that a name says, or else that of the option, of the environment, or a local one.
   *
   * @throws ParameterException where option and name say different ones
   */
  URI url(Map<String, String> environment, Optional<String> named) {
    URI configured = url(environment);
    if (named.isEmpty() || named.get().equals(configured.getRawAuthority())) {
      return configured;
    }
    if (url != null) {
      throw new ParameterException(
          command().commandLine(),
          "the image's name says the store %s, and the option %s: leave one out"
              .formatted(named.get(), configured.getRawAuthority()));
    }
    // As docker does: without TLS only to this machine.
    URI https = checked("https://" + named.get());
    return LOOPBACK.matcher(https.getHost()).matches() ? checked("http://" + named.get()) : https;
  }

  /** That of the option, or else of the environment, or else a local one. */
  URI url(Map<String, String> environment) {
    return checked(
        Optional.ofNullable(url)
            .or(() -> Optional.ofNullable(environment.get("LAMELLA_URL")))
            .filter(text -> !text.isBlank())
            .orElse(DEFAULT));
  }

  private URI checked(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      // Not even a URI.
    }
    throw new ParameterException(
        command().commandLine(),
        "the store's URL is such as http://127.0.0.1:5000 or https://store.example, not '%s'"
            .formatted(withoutPassword(text)));
  }

  private static String withoutPassword(String text) {
    int at = text.lastIndexOf('@');
    return at < 0 ? text : "…" + text.substring(at);
  }

  private CommandSpec command() {
    if (command == null) {
      throw new IllegalStateException("used before the command line was read");
    }
    return command;
  }
}
