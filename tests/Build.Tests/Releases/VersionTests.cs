using System.Diagnostics;
using System.Reflection;
using ImageBackend.Cli;
using ImageBackend.Testing;

namespace ImageBackend.Build.Tests.Releases;

/// <summary>What `build/release/version` prints, and what the programs say.</summary>
public sealed class VersionTests : IAsyncLifetime, IDisposable
{
    private GitRepository _repository = null!;

    public async Task InitializeAsync() => _repository = await GitRepository.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("v1.3.0-rc.1", "1.3.0-rc.1")]
    public async Task A_tag_is_its_own_version(string tag, string expected)
    {
        await _repository.ReleaseAsync("v1.9.0", tag);

        (await VersionAsync("--tag", tag)).Should().Be(expected);
    }

    [Fact]
    public async Task A_branch_at_a_release_is_that_version()
    {
        await _repository.ReleaseAsync("v1.9.0", "v1.10.0", "v2.0.0-rc1");
        await _repository.GitAsync("checkout", "--quiet", "-b", "release_1", "v1.10.0");

        (await VersionAsync()).Should().Be("1.10.0");
    }

    [Fact]
    public async Task A_branch_after_a_release_is_what_would_come_next()
    {
        await _repository.ReleaseAsync("v1.2.9");
        await _repository.CommitAsync();
        await _repository.CommitAsync();

        (await VersionAsync()).Should().Be("1.2.10-dev.2");
    }

    [Fact]
    public async Task A_release_elsewhere_does_not_count()
    {
        await _repository.ReleaseAsync("v1.2.3");
        await _repository.GitAsync("branch", "release_1");
        await _repository.ReleaseAsync("v2.0.0");
        await _repository.GitAsync("checkout", "--quiet", "release_1");

        (await VersionAsync()).Should().Be("1.2.3");
    }

    [Fact]
    public async Task Without_a_release_the_version_is_the_projects() => (await VersionAsync()).Should().BeEmpty();

    [Theory]
    [InlineData("tags")]
    [InlineData("version")]
    [InlineData("publish")]
    [InlineData("nightly")]
    [InlineData("sbom")]
    public async Task Each_script_explains_itself(string script)
    {
        Ended ended = await _repository.RunAsync(script, "--help");

        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().Contain($"build/release/{script}").And.NotContain("set -e");
    }

    [Theory]
    [InlineData("tags", "--no-such-option")]
    [InlineData("tags", "--tag")]
    [InlineData("version", "--branch")]
    [InlineData("publish", "--image")]
    [InlineData("publish", "--no-such-option")]
    [InlineData("nightly", "--branch main")]
    [InlineData("sbom", "--runtime win-x64")]
    public async Task An_unknown_option_or_a_missing_value_is_a_mistake(string script, string arguments)
    {
        Ended ended = await _repository.RunAsync(script, arguments.Split(' '));

        ended.Should().Match<Ended>(it => it.Code == 2 && it.Output == "" && it.Errors.Contains("--help"));
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("version")]
    public async Task Outside_of_a_repository_is_an_error(string script)
    {
        using TestFolder folder = new();

        Ended ended = await Script.ReleaseAsync(script, folder.Path, _repository.Variables);

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Errors.Contains("is not in a git repository"));
    }

    [Fact]
    public async Task The_program_says_the_version_that_it_was_built_as()
    {
        string expected = typeof(ImagesCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

        Ended ended = await ImagesProgram.RunAsync(new Dictionary<string, string>(), "--version");

        ended.Should().Be(new Ended(0, expected + "\n", ""));
        expected.Should().MatchRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9a-f]{40})?$");
        FileVersionInfo.GetVersionInfo(ImagesProgram.Dll).ProductVersion.Should().Be(expected);
    }

    private async Task<string> VersionAsync(params string[] arguments)
    {
        Ended ended = await _repository.RunAsync("version", arguments);
        ended.Code.Should().Be(0, ended.Errors);
        return ended.Output.TrimEnd();
    }
}
