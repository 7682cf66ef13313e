using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ImageBackend.Cli;

/// <summary>What <c>--help</c> of a command ends with.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> Texts = new()
    {
        ["images"] =
        [
            "images resize --plan               what a change of RESIZING_CONFIG would cost",
            "images verify                      whether all is as it should be",
            "images clean --dry-run             what nobody published in time",
            "source <(images completion bash)   from then on, Tab completes commands and options",
        ],
        ["migrate"] =
        [
            "images migrate --dry-run                    what would be brought over",
            "images migrate --report r.json              and then: images migrate --retry r.json",
            "images migrate --shards 8                   as a Kubernetes Indexed Job of eight",
        ],
        ["resize"] =
        [
            "images resize --plan                        what is due, how many bytes, how long",
            "images resize                               make it; stop it at any time, the same command does the rest",
            "images resize --missing --format webp,avif  fill up modern formats",
            "images resize --force -k 1475660224_0882910455.jpg",
            "images resize --report r.json               and then: images resize --retry r.json",
            "images resize --shard 2/8                   the second of eight machines",
        ],
        ["clean"] =
        [
            "images clean --dry-run                      what would be removed",
            "images clean --older-than 7d                keep a week's uploads",
            "images clean --max-delete 500               remove nothing if more than that has expired",
        ],
        ["verify"] =
        [
            "images verify --report found.json           all that is not as it should be",
            "images verify --repair --dry-run            the same; then without --dry-run",
            "images verify --decode -l 1000              look into the first thousand pictures themselves",
        ],
    };

    /// <summary>Of the whole program: the help option of the root serves all commands.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            Command command = parseResult.CommandResult.Command;
            if (Texts.TryGetValue(command is RootCommand ? "images" : command.Name, out string[]? lines))
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (string line in lines)
                {
                    output.WriteLine($"  {line}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
