using System.Diagnostics;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Architecture.Tests;

/// <summary>The container's files fit the repository. The image is not built here: that needs an engine.</summary>
public sealed partial class ContainerTests
{
    private const string Compose = "/usr/bin/docker-compose";

    private static readonly string Dockerfile = File.ReadAllText(Repository.File("Dockerfile"));

    private static readonly string Example = File.ReadAllText(Repository.File(".env.example"));

    [Fact]
    public void Every_source_that_is_copied_exists() => MissingSources(Dockerfile).Should().BeEmpty();

    [Fact]
    public void A_planted_missing_source_is_found() => MissingSources("COPY nowhere.json ./\nCOPY --from=build /app /app").Should().Equal("nowhere.json");

    [Fact]
    public void Every_project_is_copied_before_the_restore_with_its_lock_file() => UnrestoredProjects(Dockerfile).Should().BeEmpty();

    [Fact]
    public void A_planted_unrestored_project_is_found() =>
        UnrestoredProjects(Dockerfile.Replace("src/Domain/packages.lock.json", "", StringComparison.Ordinal)).Should().Equal("src/Domain/packages.lock.json");

    [NeedsToolFact(Compose)]
    public async Task The_compose_file_is_valid_with_the_example_and_a_secret()
    {
        (int exitCode, string output) = await ConfigAsync(Example.Replace("API_SECRET_KEY=", "API_SECRET_KEY=a-secret", StringComparison.Ordinal));
        exitCode.Should().Be(0, output);
        output.Should().Contain("API_SECRET_KEY: a-secret");
    }

    [NeedsToolFact(Compose)]
    public async Task Settings_of_a_predecessor_reach_the_container_but_not_its_folders()
    {
        (int exitCode, string output) = await ConfigAsync("API_SECRET_KEY=a-secret\nGENERATE_WEBP=1\nINCOMING_FOLDER=/srv/incoming\nTEMP_FOLDER=\n");
        exitCode.Should().Be(0, output);
        output.Should().Contain("GENERATE_WEBP: '1'").And.Contain("INCOMING_FOLDER: /images/incoming").And.Contain("TEMP_FOLDER: /images/temp");
    }

    [NeedsToolFact(Compose)]
    public async Task The_compose_file_says_what_to_do_without_a_secret()
    {
        (int exitCode, string output) = await ConfigAsync(Example);
        exitCode.Should().NotBe(0);
        output.Should().Contain(".env.example");
    }

    [NeedsToolFact(Compose)]
    public async Task The_compose_file_says_what_to_do_without_settings()
    {
        (int exitCode, string output) = await ConfigAsync(env: null);
        exitCode.Should().NotBe(0);
        output.Should().Contain(".env.example");
    }

    private static IEnumerable<string> MissingSources(string dockerfile) => SourcesOf(dockerfile).Where(source =>
        !File.Exists(Path.Combine(Repository.Root, source)) && !Directory.Exists(Path.Combine(Repository.Root, source)));

    private static IEnumerable<string> UnrestoredProjects(string dockerfile)
    {
        string[] copied = [.. SourcesOf(dockerfile[..dockerfile.IndexOf("dotnet restore", StringComparison.Ordinal)])];
        return Project.OfRepository()
            .SelectMany(project => new[] { $"src/{project.Name}/{project.Name}.csproj", $"src/{project.Name}/packages.lock.json" })
            .Except(copied);
    }

    private static IEnumerable<string> SourcesOf(string dockerfile) => CopyLine().Matches(dockerfile)
        .Where(match => !match.Value.Contains("--from", StringComparison.Ordinal))
        .SelectMany(match => match.Groups["sources"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <param name="env">The lines of .env beside the compose file; null: no such file.</param>
    private static async Task<(int ExitCode, string Output)> ConfigAsync(string? env)
    {
        using TestFolder folder = new();
        File.Copy(Repository.File("docker-compose.yml"), folder.PathOf("docker-compose.yml"));
        if (env is not null)
        {
            await File.WriteAllTextAsync(folder.PathOf(".env"), env);
        }

        ProcessStartInfo start = new(Compose, ["config"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment.Remove("API_SECRET_KEY"); // the shell's would override the file's
        using Process process = Process.Start(start)!;
        string[] outputs = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(outputs));
    }

    [GeneratedRegex(@"^COPY (?<sources>.*) \S+$", RegexOptions.Multiline)]
    private static partial Regex CopyLine();
}
