using System.CommandLine;
using System.Diagnostics;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("", "images resize --plan")]
    [InlineData("resize", "images resize --missing --format webp,avif")]
    [InlineData("clean", "images clean --older-than 7d")]
    [InlineData("worker", "images worker -j 4")]
    [InlineData("batch", "images batch init")]
    [InlineData("verify", "images verify --repair --dry-run")]
    public void Teaches_with_examples(string command, string example)
    {
        using StringWriter output = new();

        int code = ImagesCommand.Create().Parse($"{command} --help").Invoke(new InvocationConfiguration { Output = output });

        code.Should().Be(0);
        output.ToString().Should().Contain("Usage:").And.Contain("Examples:").And.Contain(example);
    }

    [Fact]
    public void Every_example_can_be_read()
    {
        using StringWriter output = new();
        foreach (string command in new[] { "", "migrate", "resize", "clean", "verify", "worker", "batch" })
        {
            ImagesCommand.Create().Parse($"{command} --help").Invoke(new InvocationConfiguration { Output = output });
        }

        string[] lines = [.. output.ToString().Split('\n').Where(line => line.StartsWith("  images ", StringComparison.Ordinal)).Where(line => !line.Contains("[options]"))];
        lines.Should().HaveCountGreaterThan(10);
        foreach (string line in lines.Select(line => line.Trim()[7..]))
        {
            string arguments = line.Split("   ")[0].Split("  ")[0];
            ImagesCommand.Create().Parse(arguments).Errors.Should().BeEmpty(line);
        }
    }

    /// <summary>Together.Tests runs the code blocks.</summary>
    [Fact]
    public void Every_command_in_a_sentence_of_the_pages_can_be_read()
    {
        string[] lines = [.. MarkdownPage.All().SelectMany(page => page.CommandsInSentences()).Where(command => command.StartsWith("images ", StringComparison.Ordinal)).Distinct()];

        lines.Should().HaveCountGreaterThan(5);
        foreach (string line in lines)
        {
            ImagesCommand.Create().Parse(line[7..]).Errors.Should().BeEmpty(line);
        }
    }

    [Theory]
    [InlineData("images re", "resize")]
    [InlineData("images resize --mis", "--missing")]
    public async Task Bash_completes_commands_and_options(string line, string completion)
    {
        string[] script =
        [
            $"images() {{ dotnet '{ImagesProgram.Dll}' \"$@\"; }}",
            "source <(images completion bash)",
            $"COMP_LINE='{line}' COMP_POINT=${{#COMP_LINE}} COMP_WORDS=($COMP_LINE) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))",
            "_images && printf '%s\\n' \"${COMPREPLY[@]}\"",
        ];
        ProcessStartInfo start = new("bash", ["--norc", "-c", string.Join('\n', script)]) { RedirectStandardOutput = true };

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        output.Trim().Split('\n').Should().Equal(completion);
    }

    [NeedsToolFact("/usr/bin/zsh")]
    public async Task Zsh_completes_commands_and_options()
    {
        // Zsh completes a line that is being typed: here in a second shell on its own terminal, in which Ctrl-X prints the current line.
        const string Script = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            until_said() { local piece; while zpty -r shell piece; do [[ $piece != *$1* ]] || { print -r -- $piece; return; }; done; }
            zpty -w shell 'PS1=; autoload -Uz compinit && compinit -u -D'
            zpty -w shell 'images() { dotnet $IMAGES_DLL "$@"; }'
            zpty -w shell 'source <(images completion zsh)'
            zpty -w shell 'line() { print -r -- "<$BUFFER>"; zle kill-buffer; }; zle -N line; bindkey "^X" line; print rea""dy'
            until_said ready > /dev/null
            for typed in 'images re' 'images resize --mis'; do
                zpty -w -n shell "$typed"$'\t\x18'
                until_said '>'
            done
            zpty -d shell
            """;
        ProcessStartInfo start = new("/usr/bin/zsh", ["-f", "-c", Script]) { RedirectStandardOutput = true };
        start.Environment["IMAGES_DLL"] = ImagesProgram.Dll;

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        output.Should().Contain("<images resize >").And.Contain("<images resize --missing >");
    }
}
