namespace ImageBackend.Application.Images.Clean;

/// <summary>When the service removes an upload that nobody publishes.</summary>
/// <param name="After">How old it is by then; null: the service removes none, though the storage's own rules may.</param>
public sealed record ExpiryRule(TimeSpan? After);
