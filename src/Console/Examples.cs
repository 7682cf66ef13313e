using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ImageBackend.Cli;

/// <summary>The end of each command's <c>--help</c>.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, (string Does, string Line)[]> Texts = new()
    {
        ["images"] =
        [
            ("What a change of RESIZING_CONFIG would cost", "images resize --plan"),
            ("Whether everything is as it should be", "images verify"),
            ("Uploads that nobody published in time", "images clean --dry-run"),
            ("From then on, Tab completes commands and options", "source <(images completion bash)"),
        ],
        ["migrate"] =
        [
            ("What would be migrated", "images migrate --dry-run"),
            ("Migrate, then retry what failed", "images migrate --report r.json"),
            ("", "images migrate --retry r.json"),
            ("As a Kubernetes Indexed Job of eight", "images migrate --shards 8"),
        ],
        ["resize"] =
        [
            ("What is due, how many bytes, how long", "images resize --plan"),
            ("Do it; stop it at any time, and the same command does the rest", "images resize"),
            ("Add missing modern formats", "images resize --missing --format webp,avif"),
            ("One image, whatever it has", "images resize --force -k 1475660224_0882910455.jpg"),
            ("Retry what failed", "images resize --report r.json"),
            ("", "images resize --retry r.json"),
            ("The second of eight machines", "images resize --shard 2/8"),
        ],
        ["worker"] =
        [
            ("On each machine, with the same settings; BATCH_DATABASE_URL names the database", "images worker"),
            ("Four images at a time", "images worker -j 4"),
        ],
        ["batch"] =
        [
            ("Once, in the database of BATCH_DATABASE_URL", "images batch init"),
            ("Order a run of all machines, and leave it to them", "images resize --engine hangfire --detach"),
            ("How far it is", "images batch list"),
            ("", "images batch watch 7"),
            ("Retry what failed", "images batch retry 7"),
        ],
        ["clean"] =
        [
            ("What would be removed", "images clean --dry-run"),
            ("Keep a week's uploads", "images clean --older-than 7d"),
            ("Remove nothing if more than that has expired", "images clean --max-delete 500"),
        ],
        ["verify"] =
        [
            ("Everything that is not as it should be", "images verify --report found.json"),
            ("What would be repaired; then run it without --dry-run", "images verify --repair --dry-run"),
            ("Check the first thousand pictures themselves", "images verify --decode -l 1000"),
        ],
    };

    /// <summary>For the whole program: the root's help option serves all commands.</summary>
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
            if (Texts.TryGetValue(command is RootCommand ? "images" : command.Name, out (string Does, string Line)[]? examples))
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach ((string does, string line) in examples)
                {
                    if (does.Length > 0)
                    {
                        output.WriteLine($"  # {does}");
                    }

                    output.WriteLine($"  {line}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
