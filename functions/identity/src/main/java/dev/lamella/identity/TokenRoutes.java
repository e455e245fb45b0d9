package dev.lamella.identity;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.TokenAnswer;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.core.identity.IssueToken.Issued;
import dev.lamella.core.identity.SignIn;
import dev.lamella.core.identity.SignIn.SignedIn;
import dev.lamella.core.identity.TrustedProofs.Vouched;
import dev.lamella.core.port.AwsCallers;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.AuditNotes;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;
import java.util.Optional;

/** Where tokens are got, as Docker's token protocol has it. */
final class TokenRoutes {
  /** Scopes of a token: a push that mounts from other repositories names each. */
  private static final int MOST_SCOPES = 32;

  /** Characters of a token: a request's line and headers have 10,240 bytes altogether. */
  private static final int LONGEST = 6_000;

  /** In the audit trail, of who gives a name that no account can have. */
  private static final String NO_NAME = "(no name of an account)";

  private final SignIn signIn;
  private final IssueToken issueToken;

  TokenRoutes(SignIn signIn, IssueToken issueToken) {
    this.signIn = signIn;
    this.issueToken = issueToken;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/token/?", new Need.Nothing(), call -> answer(call, false))
            .audited(AuditAction.SIGN_IN),
        Route.of("POST", "/token/?", new Need.Nothing(), call -> answer(call, true))
            .audited(AuditAction.SIGN_IN));
  }

  private Answer answer(Call call, boolean isForm) {
    try {
      TokenRequest request = isForm ? TokenRequest.ofForm(call) : TokenRequest.ofQuery(call);
      note(call.notes(), request.proof());
      return Answer.json(200, answer(request, call.notes())).with("Cache-Control", "no-store");
    } catch (Refusal refusal) {
      if (refusal.code() != ErrorCode.UNAUTHORIZED) {
        throw refusal;
      }
      // No challenge for a token, whose address is this one.
      return Answer.refusal(refusal).with("WWW-Authenticate", "Basic realm=\"lamella\"");
    }
  }

  /** Whose name it is shown with is a claim until it is proven. */
  private static void note(AuditNotes notes, TokenRequest.Proof proof) {
    switch (proof) {
      case TokenRequest.Password(String account, String secret) ->
          claimed(notes, account).proof(kind(secret));
      case TokenRequest.Exchange(String account, String token) ->
          claimed(notes, account).proof(kind(token));
      case TokenRequest.Refresh _ -> notes.proof("refresh token");
      case TokenRequest.None() -> notes.account(AccountName.ANONYMOUS.value());
    }
  }

  /** A secret that was typed in place of the name stays out of the log. */
  private static AuditNotes claimed(AuditNotes notes, String account) {
    return notes.account(AccountName.fits(account) ? account : NO_NAME);
  }

  private static String kind(String shown) {
    if (!SignIn.isProof(shown)) {
      return "secret";
    }
    return shown.startsWith(AwsCallers.PREFIX) ? "aws" : "oidc";
  }

  private TokenAnswer answer(TokenRequest request, AuditNotes notes) {
    SignedIn signedIn =
        switch (request.proof()) {
          case TokenRequest.Password(String account, String secret) -> signIn.by(account, secret);
          case TokenRequest.Exchange(String account, String token) ->
              signIn.byProof(account, token);
          case TokenRequest.Refresh(String token) -> signIn.by(token);
          case TokenRequest.None() -> signIn.anonymous();
        };
    notes.account(signedIn.account().name().value());
    signedIn.subject().map(TokenRoutes::trusted).ifPresent(notes::detail);
    Issued issued = issueToken.issue(signedIn, TokenScope.parse(request.scope(), MOST_SCOPES));
    if (issued.text().length() > LONGEST) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a token for all these scopes does not fit a header: ask for fewer at a time");
    }
    return new TokenAnswer(
        issued.text(),
        issued.text(),
        IssueToken.LIFE.toSeconds(),
        issued.claims().issued(),
        refreshToken(request, signedIn),
        Optional.of("Bearer"),
        request.proof() instanceof TokenRequest.Exchange
            ? Optional.of(TokenRequest.ACCESS_TOKEN)
            : Optional.empty());
  }

  /** Never the token. */
  private static String trusted(Vouched vouched) {
    return vouched
        .issuer()
        .map(issuer -> issuer + " " + vouched.subject())
        .orElse(vouched.subject());
  }

  /** For a secret alone: by a refresh token there is no other, or it would last for ever. */
  private Optional<String> refreshToken(TokenRequest request, SignedIn signedIn) {
    return request.offline() && request.proof() instanceof TokenRequest.Password
        ? signedIn.secret().map(secret -> signIn.refreshToken(signedIn.account(), secret))
        : Optional.empty();
  }
}
