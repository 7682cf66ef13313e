namespace ImageBackend.Cli.Hosting;

/// <summary>The program's exit codes.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Some images failed; the others are done.</summary>
    public const int SomeFailed = 1;

    public const int BadUsage = 2;

    /// <summary>A storage, a database or the decoders don't work: the rest was not tried.</summary>
    public const int Broken = 3;

    /// <summary>As in shells, for Ctrl-C.</summary>
    public const int Interrupted = 130;
}

/// <summary>The command line or the settings can't be used; the message says what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
