using System.CommandLine;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images completion</c>: what a shell needs to complete commands and options.</summary>
internal static class CompletionCommand
{
    // Both ask the program itself, so they know each option of its version.
    private const string Bash = """
        _images() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(images "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _images images
        """;

    private const string Zsh = """
        #compdef images
        _images() {
            local -a found
            found=("${(@f)$(images "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
            compadd -a found
        }
        compdef _images images
        """;

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash or zsh" };
        shell.CompletionSources.Add("bash", "zsh");
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("bash" or "zsh"))
            {
                result.AddError($"'{token.Value}' is not a shell that `images completion` knows; give bash or zsh.");
            }
        });
        Command completion = new("completion", "Print a script that completes commands and options: source <(images completion bash)") { shell };
        completion.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) == "zsh" ? Zsh : Bash));
        return completion;
    }
}
