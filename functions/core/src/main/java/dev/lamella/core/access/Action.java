package dev.lamella.core.access;

/** What a caller may be allowed: the last on the store, the others on a repository. */
public enum Action {
  PULL("pull from", "pull"),
  PUSH("push to", "pull,push"),
  /** To move a tag that is there to another manifest. No client asks for it: a push does. */
  OVERWRITE("move tags of", "pull,push"),
  DELETE("delete from", "delete"),
  ADMINISTER("administer", "");

  private final String verb;
  private final String asked;

  Action(String verb, String asked) {
    this.verb = verb;
    this.asked = asked;
  }

  /** As it stands before what it is done to. */
  String verb() {
    return verb;
  }

  /** The actions of a {@link TokenScope} that a client needs for it. */
  String asked() {
    return asked;
  }
}
