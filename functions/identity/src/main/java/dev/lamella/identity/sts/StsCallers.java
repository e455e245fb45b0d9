package dev.lamella.identity.sts;

import static dev.lamella.core.Quoted.line;

import dev.lamella.core.Unavailable;
import dev.lamella.core.port.AwsCallers;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Has STS itself say who signed a proof: only AWS can check signatures of its callers. */
public final class StsCallers implements AwsCallers {
  /** Characters of a reason in the log. */
  private static final int LONGEST_REASON = 500;

  private static final Logger LOG = System.getLogger(StsCallers.class.getName());

  private final Set<String> stores;
  private final StsEndpoints endpoints;
  private final InstantSource clock;
  private final StsHttp http = new StsHttp();

  /**
   * @param stores hosts by which clients know this store, with the port where it has one of its
   *     own, with commas between; without any no proof is taken
   * @param endpoint of STS, instead of all that AWS has
   * @throws IllegalArgumentException where the endpoint is none
   */
  public StsCallers(String stores, Optional<String> endpoint, InstantSource clock) {
    this.stores =
        Stream.of(stores.toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::strip)
            .filter(host -> !host.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    this.endpoints = new StsEndpoints(endpoint);
    this.clock = clock;
  }

  @Override
  public Optional<String> arn(String proof) {
    try {
      Optional<byte[]> answer =
          http.send(CallerProof.parse(proof, stores, endpoints, clock.instant()));
      if (answer.isEmpty()) {
        throw new BadProof("STS refuses it");
      }
      return Optional.of(StsAnswer.arn(answer.get()));
    } catch (BadProof e) {
      LOG.log(Level.INFO, "The proof of an AWS caller is not taken: " + e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "An AWS caller cannot be asked for: "
              + line(String.valueOf(e.getMessage()), LONGEST_REASON));
      throw new Unavailable("STS", e);
    }
  }
}
