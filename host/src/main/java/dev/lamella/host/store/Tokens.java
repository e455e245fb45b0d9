package dev.lamella.host.store;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TokenAnswer;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A token for a store, from its {@code /token} and from nowhere else: where a challenge sends to is
 * not followed, so that nobody but the store that the user named gets the secret. With credentials
 * it is got before the first request; without, when the store asks for one. It is got anew before
 * its life ends, or when the store takes it no more. All threads share it.
 */
final class Tokens implements SignIn {
  private static final long LONGEST_LIFE = Duration.ofDays(1).toSeconds();
  private static final long MARGIN = Duration.ofMinutes(1).toSeconds();

  private final Api api;
  private final Optional<Credential> credential;
  private final List<String> scopes;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Held held;

  /**
   * @param until by the clock, for so long it is taken
   */
  private record Held(Optional<String> header, long until) {
    @Override
    public String toString() {
      return "a token";
    }
  }

  /**
   * @param api of calls that say nothing of who asks
   * @param scopes what tokens are asked for
   * @param clock in nanoseconds, from any origin
   */
  Tokens(Api api, Optional<Credential> credential, List<String> scopes, LongSupplier clock) {
    this.api = api;
    this.credential = credential;
    this.scopes = List.copyOf(scopes);
    this.clock = clock;
    // Who has nothing to sign in with has no token until the store asks for one.
    this.held =
        new Held(
            Optional.empty(),
            clock.getAsLong() + (credential.isPresent() ? 0 : Duration.ofDays(1).toNanos()));
  }

  @Override
  public Optional<String> header() {
    Held now = held;
    return isGood(now) ? now.header() : renewed(now);
  }

  @Override
  public Optional<String> after(Optional<String> refused, Optional<String> challenge) {
    boolean isWanted = refused.isEmpty() && Challenge.isBearer(challenge);
    if (!isWanted && !Challenge.isAboutToken(challenge)) {
      return Optional.empty();
    }
    Held now = held;
    return now.header().equals(refused) ? renewed(now) : now.header();
  }

  @Override
  public boolean isAnonymous() {
    return credential.isEmpty() && held.header().isPresent();
  }

  @Override
  public String advice(boolean isDenied) {
    if (isDenied && credential.isPresent()) {
      return "";
    }
    String login = "sign in by 'lamella login --to %s -u ACCOUNT'".formatted(api.base());
    return credential
        .map(one -> "what was signed in with is from " + one.source() + ": " + login)
        .orElse(login);
  }

  private boolean isGood(Held one) {
    return one.until() - clock.getAsLong() > 0;
  }

  /** One thread asks; those that come meanwhile take what it got. */
  private Optional<String> renewed(Held old) {
    lock.lock();
    try {
      if (held.equals(old)) {
        held = ask();
      }
      return held.header();
    } finally {
      lock.unlock();
    }
  }

  private Held ask() {
    long now = clock.getAsLong();
    try {
      TokenAnswer answer = Json.read(api.call("sign in", request()).body(), TokenAnswer.class);
      long life = Math.clamp(answer.expiresIn(), 0, LONGEST_LIFE);
      long taken = life - Math.min(MARGIN, life / 4);
      return new Held(
          Optional.of("Bearer " + answer.token()), now + Duration.ofSeconds(taken).toNanos());
    } catch (StoreRefusal e) {
      if (e.status() == HttpURLConnection.HTTP_NOT_FOUND && e.is(ErrorCode.ROUTE_UNKNOWN)) {
        return new Held(Optional.empty(), now + Duration.ofDays(1).toNanos()); // It asks nobody.
      }
      throw e.status() == HttpURLConnection.HTTP_UNAUTHORIZED ? e.advising(advice(false)) : e;
    } catch (Refusal _) {
      // Its message may show a piece of what is secret.
      throw new HostFailure(
          ExitCode.REFUSED,
          "cannot sign in: what answers at %s/token is no token of a Lamella store"
              .formatted(api.base()));
    }
  }

  private Exchange request() {
    return credential.isPresent()
        ? form(fields(credential.get()))
        : new Exchange(
            "GET", api.uri("/token", scoped(new LinkedHashMap<>())), Map.of(), Optional.empty());
  }

  private static Map<String, String> fields(Credential credential) {
    Map<String, String> fields = new LinkedHashMap<>();
    switch (credential) {
      case Credential.Password(var account, var secret, var _) -> {
        fields.put("grant_type", "password");
        fields.put("username", account);
        fields.put("password", secret);
      }
      case Credential.IdentityToken(var token, var _) -> {
        fields.put("grant_type", "refresh_token");
        fields.put("refresh_token", token);
      }
    }
    fields.put("service", "lamella");
    fields.put("client_id", "lamella");
    return fields;
  }

  private Map<String, String> scoped(Map<String, String> fields) {
    fields.put("scope", String.join(" ", scopes));
    return fields;
  }

  private Exchange form(Map<String, String> fields) {
    String form =
        scoped(fields).entrySet().stream()
            .map(
                field ->
                    field.getKey()
                        + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return new Exchange(
        "POST",
        api.uri("/token", Map.of()),
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        Optional.of(Body.of(form.getBytes(StandardCharsets.UTF_8))),
        Exchange.LONGEST_ERROR);
  }
}
