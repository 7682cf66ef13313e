using ImageBackend.Application.Abstractions;

namespace ImageBackend.Application.Images.Metadata;

/// <summary>What the public may learn about a photo besides its pixels.</summary>
/// <param name="ExposesGps">Whether the answer to an upload reveals where the photo was taken.</param>
public sealed record PrivacyRules(Stripping Strip, bool ExposesGps);
