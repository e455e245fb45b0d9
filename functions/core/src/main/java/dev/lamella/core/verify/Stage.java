package dev.lamella.core.verify;

import dev.lamella.core.report.Report;
import java.util.Optional;

/**
 * Where a job is: the cursor in its report, read. It goes through the stages in this order.
 *
 * @param at where in the stage; empty at its beginning
 */
record Stage(Kind kind, Optional<String> at) {
  enum Kind {
    /** From layers to their shards. */
    LAYERS,
    /** From the objects of each storage server to the records. */
    OBJECTS,
    /** From the records to the layers. */
    RECORDS,
    /** There is nothing more to look at. */
    END
  }

  static Stage of(Report job) {
    return job.cursor()
        .map(
            text -> {
              String[] parts = text.split(":", 2);
              return new Stage(
                  Kind.valueOf(parts[0]), Optional.of(parts[1]).filter(at -> !at.isEmpty()));
            })
        .orElse(new Stage(Kind.LAYERS, Optional.empty()));
  }

  /**
   * Where the next job of its scope goes on after one that its budget ended; empty after one that
   * came to the end, or was given up. Deep jobs of everything need no such place: they begin with
   * what is longest unproven.
   */
  static Optional<String> rest(Report ended) {
    boolean isByNeed = ended.scope().deep() && ended.scope().name().isEmpty();
    boolean isGivenUp = ended.state() == Report.State.FAILED;
    return isByNeed || isGivenUp || of(ended).kind() == Kind.END
        ? Optional.empty()
        : ended.cursor();
  }

  static String cursor(Kind kind, String at) {
    return kind + ":" + at;
  }
}
