using System.Diagnostics;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>The commands that the Dockerfile puts on the image's PATH, without an engine: its script with the program as built.</summary>
public sealed partial class ContainerCommandTests : IDisposable
{
    private readonly TempFolder _bin = new();

    public void Dispose() => _bin.Dispose();

    [Fact]
    public void The_predecessors_commands_are_on_the_images_PATH() => Commands().Should().BeEquivalentTo("migrate", "resize", "verify", "clean");

    [Fact]
    public async Task Each_is_the_command_of_the_program()
    {
        Install();
        foreach (string command in Commands())
        {
            Ended ended = await RunAsync(command, "--help");

            ended.Code.Should().Be(0, ended.Errors);
            ended.Output.Should().Contain($"images {command} [options]");
        }
    }

    [Fact]
    public async Task Arguments_and_exit_code_come_through_as_they_are()
    {
        Install();

        Ended ended = await RunAsync("resize", "--shard", "a b");

        ended.Code.Should().Be(2);
        ended.Errors.Should().Contain("'a b' is not a valid part for --shard");
    }

    private static string[] Commands()
    {
        string dockerfile = File.ReadAllText(Repository.File("Dockerfile"));
        dockerfile.Should().Contain("COPY build/images-command /usr/local/bin/").And.Contain("ln -s /app/images /usr/local/bin/images");
        return LinkedCommands().Match(dockerfile).Groups["commands"].Value.Split(' ');
    }

    // As in the Dockerfile.
    private void Install()
    {
        File.CreateSymbolicLink(_bin.File("images"), Path.ChangeExtension(ImagesProgram.Dll, null));
        File.CreateSymbolicLink(_bin.File("images-command"), Repository.File("build", "images-command"));
        foreach (string command in Commands())
        {
            File.CreateSymbolicLink(_bin.File(command), "images-command");
        }
    }

    private async Task<Ended> RunAsync(string command, params string[] arguments)
    {
        ProcessStartInfo start = new(_bin.File(command), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_bin.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, said[0], said[1]);
    }

    [GeneratedRegex(@"for command in (?<commands>[a-z ]+); do ln -s images-command ""/usr/local/bin/\$command""; done", RegexOptions.CultureInvariant)]
    private static partial Regex LinkedCommands();
}
