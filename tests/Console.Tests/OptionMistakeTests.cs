namespace ImageBackend.Cli.Tests;

/// <summary>What the program says about a command line that it can't use.</summary>
public sealed class OptionMistakeTests : IDisposable
{
    private readonly ImagesProgram _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("", "resize", "name a command, such as `images resize`")]
    [InlineData("storage", "check", "name a command, such as `images storage init`")]
    public async Task Without_a_command_all_are_shown(string arguments, string command, string hint)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(2);
        images.Output.Should().BeEmpty();
        images.Errors.Should().Contain("Usage:").And.Contain(command).And.Contain(hint).And.NotContain("Required command was not provided");
    }

    [Theory]
    [InlineData("resize --shard x", "--shard", "2/8")]
    [InlineData("resize --shard 9/8", "--shard", "2/8")]
    [InlineData("resize --shards many", "--shards", "1 to 10000")]
    [InlineData("resize --jobs 0", "--jobs", "1 to 256")]
    [InlineData("resize -l none", "--limit", "1 or more")]
    [InlineData("resize -p 0", "--progress", "1 or more")]
    [InlineData("resize --size XX", "--size", "BI, MI, SI")]
    [InlineData("resize --missing --stale-engine", "--stale-engine", "add --stale")]
    [InlineData("resize --format tiff", "--format", "webp")]
    [InlineData("resize --retry /nowhere/r.json", "--retry", "/nowhere/r.json")]
    [InlineData("resize --report /nowhere/r.json", "--report", "/nowhere/r.json")]
    [InlineData("resize --report /tmp", "--report", "is a folder")]
    [InlineData("clean --max-delete x", "--max-delete", "0 or more")]
    [InlineData("clean --max-delete -1", "--max-delete", "0 or more")]
    [InlineData("clean --older-than x", "--older-than", "90m, 2h, 7d")]
    [InlineData("completion fish", "completion", "bash or zsh")]
    [InlineData("storage init", "STORAGE_BACKEND", "folders")]
    public async Task A_mistake_names_its_option_and_what_is_right(string arguments, string option, string right)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(2);
        images.Errors.Should().Contain(option).And.Contain(right).And.NotContain("System.").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("storage chek", "chek")]
    [InlineData("--nope", "--nope")]
    public async Task What_is_unknown_is_the_only_mistake(string arguments, string word)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(2);
        images.Errors.Should().Contain(word).And.Contain("--help` explains them all.").And.NotContain("Required command");
    }
}
