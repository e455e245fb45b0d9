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
    RECORDS
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

  static String cursor(Kind kind, String at) {
    return kind + ":" + at;
  }
}
