package dev.lamella.gateway;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;

/** How both sides of the API say how far an upload has come. */
public final class UploadAnswers {
  private UploadAnswers() {}

  /**
   * @param received bytes so far
   */
  public static Answer progress(
      int status, Call call, RepositoryName image, LayerId id, long received) {
    return with(Answer.empty(status), call, image, id, received);
  }

  /** The answer, with where the upload is and how far it has come. */
  public static Answer with(
      Answer answer, Call call, RepositoryName image, LayerId id, long received) {
    // Docker refuses an answer without a range. Of nothing there is no range, and all registries
    // say this.
    long last = Math.max(0, received - 1);
    return answer
        .with("Location", location(call, image, id))
        .with("Range", "0-" + last)
        .with("Docker-Upload-UUID", id.value());
  }

  /** Where an upload is, for the client that called. */
  public static String location(Call call, RepositoryName image, LayerId id) {
    return call.stage() + "/v2/" + image + "/blobs/uploads/" + id;
  }
}
