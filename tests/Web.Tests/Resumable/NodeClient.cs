using System.Diagnostics;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Clients that sites use, of tests/Clients.</summary>
internal static class NodeClient
{
    public const string Chromium = "/usr/bin/chromium";

    public static readonly string Folder = Repository.File("tests", "Clients");

    // A browser on a busy machine takes its time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <returns>What the script printed.</returns>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Folder, script), .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            output.Should().NotBeEmpty("it printed: {0}", await errors);
            return JsonDocument.Parse(output).RootElement;
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

/// <summary>A fact that needs the clients of tests/Clients. Without them it is skipped by name; in CI it fails instead.</summary>
internal sealed class NeedsClientsFactAttribute : FactAttribute
{
    /// <param name="withBrowser">Whether it needs Chromium too, which proofs install and tests don't.</param>
    public NeedsClientsFactAttribute(bool withBrowser = false)
    {
        if (!Directory.Exists(Path.Combine(NodeClient.Folder, "node_modules", "tus-js-client")) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "the clients of tests/Clients are missing; build/install-test-tools brings them";
        }
        else if (withBrowser && !File.Exists(NodeClient.Chromium))
        {
            Skip = $"{NodeClient.Chromium} is missing: apt-get install chromium";
        }
    }
}
