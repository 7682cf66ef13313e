using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>A fact that needs an S3 server and nginx. If one is missing the fact is skipped by name; in CI it fails instead.</summary>
internal sealed class NeedsReplicasFactAttribute : FactAttribute
{
    public NeedsReplicasFactAttribute() => Skip = WhySkipped;

    /// <summary>Null: they are there, or must be.</summary>
    public static string? WhySkipped { get; } = S3Server.WhySkipped ?? new NeedsToolFactAttribute(Nginx.Program).Skip;
}
