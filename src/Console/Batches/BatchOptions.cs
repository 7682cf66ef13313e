using System.CommandLine;
using System.Globalization;
using ImageBackend.Cli.Hosting;

namespace ImageBackend.Cli.Batches;

/// <summary>The options that all batches have, with the letters and meanings that they had in the predecessors.</summary>
internal sealed class BatchOptions
{
    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "Who does it: local, this process; hangfire, the workers (`images worker`) of all machines, by the database of BATCH_DATABASE_URL.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _detach = new("--detach") { Description = "With an engine of several machines: order the work and leave." };

    private readonly Option<bool> _force = new("--force", "-f") { Description = "Redo what is already done." };

    private readonly Option<int> _jobs = Number("--jobs", "-j", 1, 256, "Images at a time (default: the number of cores).");

    private readonly Option<string?> _key = new("--key", "-k") { Description = "Only this image.", HelpName = "KEY" };

    private readonly Option<int> _limit = Number("--limit", "-l", 1, int.MaxValue, "End after this many images that were not skipped.");

    private readonly Option<int> _progress = Number("--progress", "-p", 1, int.MaxValue, "A line of progress after this many images, without a terminal (default: 100).");

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Say what is done with each image." };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be done; write and remove nothing." };

    private readonly Option<Shard?> _shard = new("--shard")
    {
        Description = "Only the i-th of n parts, for n machines: 2/8.",
        HelpName = "i/n",
        CustomParser = result =>
        {
            if (!Shard.TryParse(result.Tokens[0].Value, out Shard? shard))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a valid part for --shard; give i/n with i from 1 to n, such as 2/8.");
            }

            return shard;
        },
    };

    private readonly Option<int> _shards = Number("--shards", null, 1, Shard.MaxCount, "Like --shard, with i from JOB_COMPLETION_INDEX, as a Kubernetes Indexed Job sets it.");

    private readonly Option<string?> _report = new("--report") { Description = "Write the results to this file, as JSON.", HelpName = "FILE" };

    private readonly Option<string?> _retry = new("--retry") { Description = "Only the images that failed in this report.", HelpName = "FILE" };

    /// <param name="engines">The names of all engines; the first one is this process.</param>
    /// <param name="without">Names of options that have no meaning for this command.</param>
    public void AddTo(Command command, IReadOnlyList<string> engines, params string[] without)
    {
        _engine.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !engines.Contains(token.Value))
            {
                result.AddError($"'{token.Value}' is not a valid engine for --engine; give {string.Join(" or ", engines)}.");
            }
        });
        _engine.CompletionSources.Add([.. engines]);
        foreach (Option option in new Option[] { _force, _jobs, _key, _limit, _progress, _verbose, _dryRun, _shard, _shards, _report, _retry, _engine, _detach }
            .Where(option => !without.Contains(option.Name)))
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">The choices don't go together.</exception>
    public BatchChoices Read(ParseResult parsed)
    {
        BatchChoices defaults = new();
        BatchChoices choices = new()
        {
            Force = parsed.GetValue(_force),
            Jobs = parsed.GetResult(_jobs) is null ? defaults.Jobs : parsed.GetValue(_jobs),
            Key = parsed.GetValue(_key),
            Limit = parsed.GetResult(_limit) is null ? null : parsed.GetValue(_limit),
            Progress = parsed.GetResult(_progress) is null ? defaults.Progress : parsed.GetValue(_progress),
            IsVerbose = parsed.GetValue(_verbose),
            DryRun = parsed.GetValue(_dryRun),
            Shard = ReadShard(parsed),
            Report = parsed.GetValue(_report),
            Retry = parsed.GetValue(_retry),
            Engine = parsed.GetValue(_engine) is { } engine && engine != "local" ? engine : null,
            Detach = parsed.GetValue(_detach),
        };
        return choices is { Key: not null, Retry: not null } ? throw new UsageException("--key and --retry don't go together.")
            : choices.Engine is null ? choices.Detach ? throw new UsageException("--detach needs an engine of several machines: --engine hangfire.") : choices
            : choices.Shard != Shard.All ? throw new UsageException("--shard and --engine don't go together: the engine shares the work itself.")
            : parsed.GetResult(_jobs) is not null ? throw new UsageException($"--jobs is up to each worker here: `images worker -j {choices.Jobs}`.")
            : choices is { Detach: true, Report: not null } ? throw new UsageException("--report is written at the end, and --detach does not wait for it; use `images batch failures --report` then.")
            : choices;
    }

    /// <summary>An option with a whole number; an error message names the option.</summary>
    public static Option<int> Number(string name, string? letter, int min, int max, string description)
    {
        Option<int> option = new(name, letter is null ? [] : [letter]) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max))
            {
                result.AddError($"'{token.Value}' is not a valid number for {name}; give {min}{(max == int.MaxValue ? " or more" : $" to {max}")}.");
            }
        });
        return option;
    }

    private Shard ReadShard(ParseResult parsed)
    {
        if (parsed.GetResult(_shards) is null)
        {
            return parsed.GetValue(_shard) ?? Shard.All;
        }

        const string Variable = "JOB_COMPLETION_INDEX";
        int count = parsed.GetValue(_shards);
        if (parsed.GetResult(_shard) is not null)
        {
            throw new UsageException("--shard and --shards don't go together.");
        }

        string? index = Environment.GetEnvironmentVariable(Variable);
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < count
            ? new Shard(i + 1, count)
            : throw new UsageException($"--shards {count} needs {Variable} from 0 to {count - 1}, but it is '{index}'; elsewhere use --shard i/{count}.");
    }
}
