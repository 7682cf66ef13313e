using System.Diagnostics;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Cli.Tests;

/// <summary>The program `images` as it is called, without a single variable set.</summary>
public sealed class ImagesProgramTests
{
    [Fact]
    public async Task Shows_its_help()
    {
        Ended images = await RunAsync("--help");

        images.Code.Should().Be(0);
        images.Output.Should().Contain("Usage:").And.Contain("settings").And.Contain("--version");
        images.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Shows_its_version()
    {
        Ended images = await RunAsync("--version");

        images.Code.Should().Be(0);
        images.Output.Trim().Should().MatchRegex(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?$");
    }

    [Theory]
    [InlineData("--verbos")]
    [InlineData("setings")]
    [InlineData("settings --all")]
    public async Task Says_what_it_does_not_know_and_how_to_go_on(string arguments)
    {
        Ended images = await RunAsync(arguments.Split(' '));

        images.Code.Should().NotBe(0);
        images.Errors.Should().Contain(arguments.Split(' ')[^1]);
        (images.Output + images.Errors).Should().Contain("Usage:").And.NotContain("   at ");
    }

    [Fact]
    public async Task Prints_the_table_of_settings()
    {
        Ended images = await RunAsync("settings");

        images.Code.Should().Be(0);
        images.Output.Should().Be(SettingsTable.ToMarkdown());
        images.Errors.Should().BeEmpty();
    }

    private static async Task<Ended> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "images.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Except(["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"]).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private sealed record Ended(int Code, string Output, string Errors);
}
