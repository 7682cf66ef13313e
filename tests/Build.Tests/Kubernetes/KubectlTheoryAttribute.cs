namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>A theory that renders with kubectl, which is no package of Debian's: if it is not on the PATH, the theory is skipped by name.</summary>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute()
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl"))))
        {
            Skip = "kubectl is missing: it renders the manifests";
        }
    }
}
