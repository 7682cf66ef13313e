namespace ImageBackend.Testing;

/// <summary>A fact that needs a program of the system. If that is missing the fact is skipped by name; in CI it fails instead.</summary>
public sealed class NeedsToolFactAttribute : FactAttribute
{
    /// <param name="path">Full path of the program.</param>
    public NeedsToolFactAttribute(string path)
    {
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"{path} is missing; build/install-test-tools says how to get it";
        }
    }
}
