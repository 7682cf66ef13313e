using System.Diagnostics;

namespace ImageBackend.Testing;

/// <summary>The environment of a program that a test starts: none of the variables that whoever runs the tests may have set for a service of theirs.</summary>
internal static class BareEnvironment
{
    // How eagerly code is compiled again is no matter of a test; see build/test.
    private static readonly string[] Kept = ["PATH", "HOME", "DOTNET_ROOT", "DOTNET_TC_CallCountThreshold", "TMPDIR"];

    /// <summary>Leaves these variables and what every program needs.</summary>
    public static void Set(ProcessStartInfo start, IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (string name in start.Environment.Keys.Except(Kept).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }
    }
}
