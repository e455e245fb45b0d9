package dev.lamella.local.credential;

import dev.lamella.aws.OwnProof;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.AwsCallers;
import dev.lamella.host.HostCommand;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * {@code docker-credential-lamella}, by the protocol of Docker's credential helpers and by that of
 * kubelet's credential providers.
 */
@Command(
    name = "docker-credential",
    mixinStandardHelpOptions = true,
    header = "Signs clients in by this machine's role at AWS (as docker-credential-lamella).",
    description = {
      "",
      "It keeps nothing: each time it makes a password that is good for 15 minutes, at that store"
          + " alone. LAMELLA_AWS_ACCOUNTS says as which account at which store:"
          + " ci@store.example,dev@localhost:5000."
    },
    footer = {"", "Example:", "  echo store.example | docker-credential-lamella get"})
public final class DockerCredential implements HostCommand, Callable<Integer> {
  /** In bytes. */
  private static final int LONGEST = 64 << 10;

  /** What clients know an unknown store by. */
  private static final String UNKNOWN = "credentials not found in native keychain";

  private static final String KUBELET = "credentialprovider.kubelet.k8s.io/v1";

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description = "get, store, erase, list, version, or kubelet for its own protocol.")
  private String action = "";

  private final Map<String, String> environment;
  private final InputStream in;
  private final PrintStream out;
  private final UnaryOperator<String> proofs;

  /** For {@link java.util.ServiceLoader}. */
  public DockerCredential() {
    this(System.getenv(), System.in, System.out, store -> OwnProof.of(System.getenv()).make(store));
  }

  /**
   * @param proofs what proves to a store, by its host, who this machine is
   */
  DockerCredential(
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      UnaryOperator<String> proofs) {
    this.environment = Map.copyOf(environment);
    this.in = in;
    this.out = out;
    this.proofs = proofs;
  }

  @Override
  public Integer call() throws IOException {
    return switch (action) {
      case "get" -> get();
      case "store" -> store();
      // Nothing is kept.
      case "erase" -> ExitCode.OK.value();
      case "list" -> {
        Map<String, String> accounts = new TreeMap<>();
        accounts().accounts().forEach((host, account) -> accounts.put(host, account.value()));
        yield print(accounts);
      }
      case "version" -> {
        out.println("docker-credential-lamella 0.1.0");
        yield ExitCode.OK.value();
      }
      case "kubelet" -> kubelet();
      default ->
          throw new HostFailure(
              ExitCode.USAGE, "there is no '%s': get, store, erase, list…".formatted(action));
    };
  }

  private StoreAccounts accounts() {
    String text = environment.getOrDefault(StoreAccounts.VARIABLE, "");
    return text.isBlank() ? new StoreAccounts(Map.of()) : StoreAccounts.parse(text);
  }

  private int get() throws IOException {
    String server = told().strip();
    String host = StoreAccounts.host(server);
    StoreAccounts accounts = accounts();
    if (accounts.at(host).isEmpty()) {
      out.println(UNKNOWN);
      return 1;
    }
    Map<String, String> answer = new TreeMap<>();
    answer.put("ServerURL", server);
    answer.put("Username", accounts.at(host).orElseThrow().value());
    answer.put("Secret", proof(host));
    return print(answer);
  }

  /** A client that signed in with what {@code get} gave keeps it again: that is not lost. */
  private int store() throws IOException {
    JsonNode credential = json();
    if (accounts().at(StoreAccounts.host(credential.path("ServerURL").asString(""))).isPresent()
        && credential.path("Secret").asString("").startsWith(AwsCallers.PREFIX)) {
      return ExitCode.OK.value();
    }
    out.println(
        "docker-credential-lamella keeps no secrets: take it out of config.json for this store, or"
            + " sign in without a secret");
    return 1;
  }

  private int kubelet() throws IOException {
    JsonNode request = json();
    if (!request.path("kind").asString("").equals("CredentialProviderRequest")
        || !request.path("apiVersion").asString("").equals(KUBELET)) {
      throw new HostFailure(
          ExitCode.USAGE, "kubelet has to ask by CredentialProviderRequest of " + KUBELET);
    }
    String host = StoreAccounts.host(request.path("image").asString(""));
    Map<String, Object> auth = new TreeMap<>();
    accounts()
        .at(host)
        .ifPresent(
            account ->
                auth.put(host, Map.of("username", account.value(), "password", proof(host))));
    return print(
        Map.of(
            "apiVersion", KUBELET,
            "kind", "CredentialProviderResponse",
            "cacheKeyType", "Registry",
            // What is kept that long is good for as long again.
            "cacheDuration", "7m0s",
            "auth", auth));
  }

  private String proof(String host) {
    try {
      return proofs.apply(host);
    } catch (IllegalStateException e) {
      throw new HostFailure(ExitCode.IO, String.valueOf(e.getMessage()), e);
    }
  }

  private JsonNode json() throws IOException {
    try {
      return Json.tree(told());
    } catch (Refusal _) {
      // Its message is not shown: it may be of what is secret.
      throw new HostFailure(ExitCode.USAGE, "what it is told is no JSON");
    }
  }

  private String told() throws IOException {
    byte[] bytes = in.readNBytes(LONGEST + 1);
    if (bytes.length > LONGEST) {
      throw new HostFailure(ExitCode.USAGE, "it is told over " + LONGEST + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int print(Object answer) {
    out.println(new String(Json.write(answer), StandardCharsets.UTF_8));
    return ExitCode.OK.value();
  }
}
