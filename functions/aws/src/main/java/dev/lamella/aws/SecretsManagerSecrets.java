package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import dev.lamella.core.port.Secrets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets of Secrets Manager, which the deployment made. A role needs {@code GetSecretValue} and
 * {@code DescribeSecret} to read, and {@code PutSecretValue} to write.
 *
 * <p>GetSecretValue answers the same error, ResourceNotFoundException, for a secret that is not
 * there and for one without a value (none of its versions is AWSCURRENT yet): only the words of its
 * message differ. DescribeSecret answers that error for the first alone.
 */
public final class SecretsManagerSecrets implements Secrets {
  private final SecretsManagerClient client;
  private final Map<Name, String> ids;

  /**
   * @param ids name or ARN of each
   */
  SecretsManagerSecrets(SecretsManagerClient client, Map<Name, String> ids) {
    this.client = client;
    this.ids = new EnumMap<>(ids);
  }

  @Override
  public Optional<String> read(Name name) {
    String id = id(name);
    return call(
        name,
        () -> {
          try {
            return Optional.ofNullable(
                client.getSecretValue(get -> get.secretId(id)).secretString());
          } catch (ResourceNotFoundException _) {
            client.describeSecret(describe -> describe.secretId(id));
            return Optional.empty();
          }
        });
  }

  @Override
  public void write(Name name, String value) {
    String id = id(name);
    call(name, () -> client.putSecretValue(put -> put.secretId(id).secretString(value)));
  }

  private String id(Name name) {
    return Objects.requireNonNull(ids.get(name));
  }

  /** What is marked for deletion is answered as an invalid request. */
  private static <T> T call(Name name, Supplier<T> call) {
    // Not its id, which anonymous callers would be told.
    String resource =
        switch (name) {
          case ADMINISTRATOR -> "the administrator's secret";
          case SIGNING_KEY -> "the secret with the signing key";
        };
    try {
      return Faults.translated("Secrets Manager", resource, call);
    } catch (InvalidRequestException e) {
      throw Unavailable.missing(resource, e);
    }
  }
}
