package dev.lamella.benchmarks.transfer;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/** An embedded stack that asks who calls, or does not, and counts what it is asked. */
final class AskingStore implements AutoCloseable {
  private static final String IDENTITY = "IdentityFunction";
  private static final Set<String> BEHIND_THE_API =
      Set.of("MetadataFunction", "UploadCoordinatorFunction");
  private static final int UNAUTHORIZED = 401;

  /** What is asked, by every request to the API: each is one invocation. */
  private static final class Counts {
    private final LongAdder tokens = new LongAdder();
    private final LongAdder others = new LongAdder();
    private final LongAdder refused = new LongAdder();

    byte[] around(Invocation invocation, Callable<byte[]> handler) throws Exception {
      byte[] answer = handler.call();
      if (invocation.function().equals(IDENTITY)) {
        tokens.increment();
      } else if (BEHIND_THE_API.contains(invocation.function())) {
        others.increment();
        if (Json.tree(answer).path("statusCode").asInt() == UNAUTHORIZED) {
          refused.increment();
        }
      }
      return answer;
    }
  }

  private final LocalStack stack;
  private final Optional<Credential> credential;
  private final UploadNotes notes;
  private final Counts counts;

  private AskingStore(
      LocalStack stack, Optional<Credential> credential, UploadNotes notes, Counts counts) {
    this.stack = stack;
    this.credential = credential;
    this.notes = notes;
    this.counts = counts;
  }

  static AskingStore start(Path template, Path directory, boolean asks) throws IOException {
    Counts counts = new Counts();
    LocalStackOptions options =
        LocalStackOptions.of(template, directory.resolve("data")).withInterceptor(counts::around);
    LocalStack stack = LocalStack.start(asks ? options.withSignIn() : options);
    Optional<Credential> credential =
        asks
            ? Optional.of(
                new Credential.Password(
                    AccountName.ADMINISTRATOR.value(),
                    stack.administratorSecret(),
                    "the benchmark"))
            : Optional.empty();
    return new AskingStore(stack, credential, new UploadNotes(directory.resolve("notes")), counts);
  }

  /** As each run of the command does, which keeps no token. */
  private StoreClient client(Action action, String name) {
    StoreClient client = new StoreClient(stack.endpoint(), Retries.DEFAULT);
    return credential.isEmpty()
        ? client
        : client.signedIn(credential, List.of(TokenScope.of(action, new RepositoryName(name))));
  }

  void push(RandomImage image, String name) {
    var _ =
        new Push(client(Action.PUSH, name), notes, Progress.NONE, Store.CONNECTIONS)
            .run(
                Source.open(image.directory())
                    .image(ImageName.parse(name + ":latest"), Optional.empty()),
                new RepositoryName(name),
                new Tag("latest"));
  }

  void pull(String name, Path target) {
    PullOptions options = new PullOptions(Store.CONNECTIONS, Optional.empty(), false);
    var _ =
        new Pull(client(Action.PULL, name), Progress.NONE, options)
            .run(ImageName.parse(name + ":latest"), target);
  }

  /** Requests for tokens. */
  long tokens() {
    return counts.tokens.sum();
  }

  long others() {
    return counts.others.sum();
  }

  /** Requests that were answered 401. */
  long refused() {
    return counts.refused.sum();
  }

  @Override
  public void close() throws IOException {
    stack.close();
  }
}
