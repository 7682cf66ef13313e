using System.Diagnostics;
using ImageBackend.Testing;

namespace ImageBackend.Build.Tests;

/// <summary>Programs as a CI calls them, with no variables of its own but those that are given.</summary>
internal static class Script
{
    private static readonly string[] Kept = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Task<Ended> ReleaseAsync(string script, string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        RunAsync(Repository.File("build", "release", script), folder, variables, arguments);

    public static async Task<Ended> RunAsync(string program, string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Except(Kept).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, said[0], said[1]);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

internal sealed record Ended(int Code, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
