package dev.lamella.host.credentials;

import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A program that keeps credentials, {@code docker-credential-NAME}, by the protocol of Docker's
 * helpers: what it is told goes to its standard input. It has a bounded time, and what it prints is
 * read to a bound.
 */
final class CredentialProgram {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** In bytes. */
  private static final int LONGEST = 64 << 10;

  /** What a helper has as the account of an identity token. */
  private static final String TOKEN = "<token>";

  private static final String UNKNOWN = "credentials not found in native keychain";

  private final String program;
  private final Map<String, String> environment;
  private final Duration patience;

  private CredentialProgram(String program, Map<String, String> environment, Duration patience) {
    this.program = program;
    this.environment = environment;
    this.patience = patience;
  }

  /**
   * @param patience for so long it may work: it may ask the user for something
   * @throws HostFailure {@code USAGE} where no program may have that name
   */
  static CredentialProgram of(String name, Map<String, String> environment, Duration patience) {
    if (!NAME.matcher(name).matches()) {
      throw new HostFailure(ExitCode.USAGE, "no helper for credentials is called '" + name + "'");
    }
    return new CredentialProgram("docker-credential-" + name, environment, patience);
  }

  /**
   * What it keeps for a store.
   *
   * @throws HostFailure {@code IO} where it fails
   */
  Optional<Credential> get(String store) {
    Ended ended = run("get", store);
    if (ended.isUnknown()) {
      return Optional.empty();
    }
    require("get", ended);
    try {
      JsonNode said = Json.tree(ended.printed());
      String account = said.path("Username").asString("");
      String secret = said.path("Secret").asString("");
      if (secret.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          account.equals(TOKEN)
              ? new Credential.IdentityToken(secret, program)
              : new Credential.Password(account, secret, program));
    } catch (Refusal _) {
      // Its message is not shown: it may be of what is secret.
      throw failure("get", "it printed no JSON");
    }
  }

  /**
   * @throws HostFailure {@code IO} where it fails
   */
  void store(String store, Credential.Password password) {
    Map<String, String> told =
        Map.of("ServerURL", store, "Username", password.account(), "Secret", password.secret());
    require("store", run("store", new String(Json.write(told), StandardCharsets.UTF_8)));
  }

  /**
   * @return whether it kept something
   * @throws HostFailure {@code IO} where it fails
   */
  boolean erase(String store) {
    if (get(store).isEmpty()) {
      return false;
    }
    require("erase", run("erase", store));
    return true;
  }

  private void require(String action, Ended ended) {
    if (ended.code() != 0) {
      throw failure(action, "it ended with exit code " + ended.code());
    }
  }

  private HostFailure failure(String action, String why) {
    return new HostFailure(ExitCode.IO, "%s %s fails: %s".formatted(program, action, why));
  }

  private record Ended(int code, String printed) {
    boolean isUnknown() {
      return code != 0 && printed.contains(UNKNOWN);
    }
  }

  private Ended run(String action, String told) {
    ProcessBuilder builder =
        new ProcessBuilder(found(action).toString(), action).redirectError(Redirect.DISCARD);
    builder.environment().remove("LAMELLA_SECRET");
    Process process;
    try {
      process = builder.start();
    } catch (IOException _) {
      throw failure(action, "it cannot be started");
    }
    try {
      return run(process, action, told);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Ended run(Process process, String action, String told) {
    CompletableFuture<byte[]> printed = new CompletableFuture<>();
    Thread.startVirtualThread(() -> read(process, printed));
    Thread.startVirtualThread(() -> tell(process, told));
    long end = System.nanoTime() + patience.toNanos();
    try {
      byte[] bytes = printed.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (bytes.length > LONGEST) {
        throw failure(action, "it printed over " + LONGEST + " bytes");
      }
      if (!process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        throw late(action);
      }
      return new Ended(process.exitValue(), new String(bytes, StandardCharsets.UTF_8));
    } catch (TimeoutException _) {
      throw late(action);
    } catch (ExecutionException _) {
      throw failure(action, "what it prints cannot be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }

  private HostFailure late(String action) {
    return failure(action, "it has not ended after " + patience.toSeconds() + " s");
  }

  private static void read(Process process, CompletableFuture<byte[]> printed) {
    try {
      printed.complete(process.getInputStream().readNBytes(LONGEST + 1));
    } catch (IOException e) {
      printed.completeExceptionally(e);
    }
  }

  private static void tell(Process process, String told) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(told.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // It does not want to know: its exit code says what comes of that.
    }
  }

  /** No shell is asked, and not the directory that one is in. */
  private Path found(String action) {
    return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> failure(action, "there is no such program on the PATH"));
  }
}
