package dev.lamella.host.credentials;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What this machine's user signs in with at each store, by its host and port. First comes the
 * environment ({@code LAMELLA_ACCOUNT} and {@code LAMELLA_SECRET}, for any store that the user
 * names), then {@code REGISTRY_AUTH_FILE}, then Docker's {@code config.json} with its helpers, then
 * what podman and its like have written.
 */
public final class Credentials {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Map<String, String> environment;
  private final Path home;
  private final Duration patience;
  private final Consumer<String> warnings;

  Credentials(
      Map<String, String> environment, Path home, Duration patience, Consumer<String> warnings) {
    this.environment = Map.copyOf(environment);
    this.home = home;
    this.patience = patience;
    this.warnings = warnings;
  }

  /**
   * @param warnings told where something cannot be read, in a line
   */
  public static Credentials of(
      Map<String, String> environment, Path home, Consumer<String> warnings) {
    return new Credentials(environment, home, PATIENCE, warnings);
  }

  /** As files and helpers name a store. */
  public static String key(URI store) {
    return String.valueOf(store.getRawAuthority()).toLowerCase(Locale.ROOT);
  }

  /**
   * What to sign in with at a store, if anything. Where a place cannot be read, it warns and goes
   * on: a store may ask nobody.
   *
   * @throws HostFailure {@code USAGE} where the environment says half of it
   */
  public Optional<Credential> find(URI store) {
    String key = key(store);
    return ofEnvironment()
        .or(() -> given("REGISTRY_AUTH_FILE").flatMap(file -> tried(() -> find(file, key))))
        .or(() -> tried(() -> find(docker().path(), key)))
        .or(
            () ->
                others()
                    .filter(Files::isRegularFile)
                    .flatMap(file -> tried(() -> find(file, key)).stream())
                    .findFirst());
  }

  /** Whether the environment has what to sign in with, whatever is kept. */
  public boolean isGiven() {
    return ofEnvironment().isPresent();
  }

  private Optional<Credential> ofEnvironment() {
    Optional<String> account = value("LAMELLA_ACCOUNT");
    Optional<String> secret = value("LAMELLA_SECRET");
    if (account.isPresent() != secret.isPresent()) {
      throw new HostFailure(
          ExitCode.USAGE,
          "the environment has one of LAMELLA_ACCOUNT and LAMELLA_SECRET: set both, or none");
    }
    return account.map(
        name -> new Credential.Password(name, secret.orElseThrow(), "$LAMELLA_SECRET"));
  }

  /**
   * Keeps a secret for a store, where Docker's {@code config.json} says.
   *
   * @return where it is
   * @throws HostFailure {@code IO}
   */
  public String store(URI store, Credential.Password password) {
    String key = key(store);
    Optional<CredentialProgram> helper = docker().helper(key).map(this::helper);
    if (helper.isEmpty()) {
      docker().store(key, password);
      return docker().path().toString();
    }
    helper.get().store(key, password);
    docker().storeElsewhere(key);
    return "docker-credential-" + docker().helper(key).orElseThrow();
  }

  /**
   * Forgets what {@link #store} keeps for a store. Idempotent.
   *
   * @return whether there was something
   * @throws HostFailure {@code IO}
   */
  public boolean erase(URI store) {
    String key = key(store);
    boolean isErased = docker().helper(key).map(this::helper).filter(h -> h.erase(key)).isPresent();
    return docker().erase(key) || isErased;
  }

  private interface Place {
    Optional<Credential> find();
  }

  private Optional<Credential> tried(Place place) {
    try {
      return place.find();
    } catch (HostFailure e) {
      warnings.accept(e.getMessage() + "; going on without it");
      return Optional.empty();
    }
  }

  private Optional<Credential> find(Path path, String key) {
    CredentialFile file = new CredentialFile(path);
    return file.helper(key)
        .flatMap(name -> tried(() -> helper(name).get(key)))
        .or(() -> file.find(key));
  }

  private CredentialProgram helper(String name) {
    return CredentialProgram.of(name, environment, patience);
  }

  private CredentialFile docker() {
    Path directory = given("DOCKER_CONFIG").orElse(home.resolve(".docker"));
    return new CredentialFile(directory.resolve("config.json"));
  }

  private Stream<Path> others() {
    return Stream.concat(
            given("XDG_RUNTIME_DIR").stream().map(runtime -> runtime.resolve("containers")),
            Stream.of(
                given("XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve("containers")))
        .map(directory -> directory.resolve("auth.json"));
  }

  private Optional<Path> given(String name) {
    return value(name).map(Path::of);
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }
}
