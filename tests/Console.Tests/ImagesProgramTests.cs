using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Cli.Tests;

/// <summary>The program `images` as users call it, without a single variable set.</summary>
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

        images.Code.Should().Be(2);
        images.Errors.Should().Contain(arguments.Split(' ')[^1]).And.Contain("--help` explains them all.").And.NotContain("   at ");
        images.Errors.Trim().Split('\n').Should().HaveCountLessThan(8, "it must not scroll away");
    }

    [Fact]
    public async Task Prints_the_table_of_settings()
    {
        Ended images = await RunAsync("settings");

        images.Code.Should().Be(0);
        images.Output.Should().Be(SettingsTable.ToMarkdown());
        images.Errors.Should().BeEmpty();
    }

    private static Task<Ended> RunAsync(params string[] arguments) => ImagesProgram.RunAsync(new Dictionary<string, string>(), arguments);
}
