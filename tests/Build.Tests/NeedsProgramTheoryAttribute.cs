namespace ImageBackend.Build.Tests;

/// <summary>A theory that runs a program which not every machine has: if it is not on the PATH, the theory is skipped by name.</summary>
internal sealed class NeedsProgramTheoryAttribute : TheoryAttribute
{
    /// <param name="does">What the program does for the theory, as in "kubectl is missing: it renders the manifests".</param>
    public NeedsProgramTheoryAttribute(string program, string does)
    {
        if (Find(program) is null)
        {
            Skip = $"{program} is missing: it {does}";
        }
    }

    /// <returns>Its path; null if it is not there.</returns>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
