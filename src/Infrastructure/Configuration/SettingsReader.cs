using System.Globalization;
using ImageBackend.Infrastructure.Files;
using Microsoft.Extensions.Configuration;

namespace ImageBackend.Infrastructure.Configuration;

/// <summary>Reads flat variables. An empty value means unset. Collects all mistakes, so that they can be shown together.</summary>
/// <param name="isDevelopment">Whether settings that production requires may be left out, to try the program.</param>
public sealed class SettingsReader(Func<string, string?> variables, bool isDevelopment)
{
    private const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string FileEnding = "_FILE";
    private const int MostSecretBytes = 16 * 1024;

    private readonly bool _checksFolders = true;
    private readonly List<string> _mistakes = [];
    private readonly List<SettingDeclaration> _declarations = [];

    public SettingsReader(IConfiguration variables, bool isDevelopment)
        : this(name => variables[name], isDevelopment)
    {
    }

    private SettingsReader()
        : this(_ => null, isDevelopment: true) => _checksFolders = false;

    /// <summary>The settings declared so far: the table of settings.</summary>
    public IReadOnlyList<SettingDeclaration> Declarations => _declarations;

    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <returns>A reader without variables that touches no folder: for the declarations alone.</returns>
    internal static SettingsReader OfNothing() => new();

    /// <exception cref="SettingsException">There are mistakes; it lists all of them.</exception>
    public void ThrowIfInvalid()
    {
        if (_mistakes.Count > 0)
        {
            throw new SettingsException(_mistakes);
        }
    }

    /// <param name="whenUnset">Null: then there is no value.</param>
    /// <param name="shownDefault">How the table shows the default, if it is not literal text.</param>
    public string? Text(string name, string? whenUnset, string meaning, string? shownDefault = null)
    {
        Declare(name, shownDefault ?? whenUnset ?? "", meaning);
        return ValueOf(name) ?? whenUnset;
    }

    /// <summary>A text that must be set outside development.</summary>
    /// <returns>Null if it is unset.</returns>
    public string? Required(string name, string meaning, string inDevelopment, string example)
    {
        Declare(name, $"none: required ({inDevelopment} in development)", meaning);
        string? value = ValueOf(name);
        if (value is null && !isDevelopment)
        {
            AddError(name, $"is not set; for example {name}={example}");
        }

        return value;
    }

    /// <summary>A text that nobody should see: from the variable, or from the file that NAME_FILE names, as Docker and Kubernetes provide secrets.</summary>
    /// <returns>Null if neither is set, or the file can't be used.</returns>
    public string? Secret(string name, string meaning, string shownDefault = "")
    {
        Declare(name, shownDefault, meaning, isSecret: true);
        Declare(name + FileEnding, "", $"A file with the value of `{name}`, instead of that.");
        return SecretOf(name);
    }

    /// <summary>A secret that must be set outside development.</summary>
    /// <returns>Null if it is unset.</returns>
    public string? RequiredSecret(string name, string meaning, string inDevelopment, string example)
    {
        string? value = Secret(name, meaning, $"none: required ({inDevelopment} in development)");
        if (value is null && !isDevelopment && ValueOf(name + FileEnding) is null)
        {
            AddError(name, $"is not set; for example {name}={example}");
        }

        return value;
    }

    /// <param name="shownDefault">How the table shows the default, if it varies.</param>
    public long Number(string name, long whenUnset, long min, long max, string meaning, string? shownDefault = null)
    {
        Declare(name, shownDefault ?? whenUnset.ToString(CultureInfo.InvariantCulture), $"{meaning} {min} to {max}.");
        if (ValueOf(name) is not { } text)
        {
            return whenUnset;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max)
        {
            return number;
        }

        AddError(name, $"'{text}' is not a whole number from {min} to {max}; for example {whenUnset}");
        return whenUnset;
    }

    public int Number(string name, int whenUnset, int min, int max, string meaning, string? shownDefault = null) =>
        (int)Number(name, (long)whenUnset, min, max, meaning, shownDefault);

    /// <summary>A time of 0.1 to 600 seconds, optionally with a fraction.</summary>
    public TimeSpan Seconds(string name, double whenUnset, string meaning)
    {
        string @default = whenUnset.ToString(CultureInfo.InvariantCulture);
        Declare(name, @default, $"{meaning} 0.1 to 600.");
        if (ValueOf(name) is not { } text)
        {
            return TimeSpan.FromSeconds(whenUnset);
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.1 and <= 600)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        AddError(name, $"'{text}' is not a number of seconds from 0.1 to 600; for example {@default}");
        return TimeSpan.FromSeconds(whenUnset);
    }

    /// <summary>A time such as <c>15m</c>; see <see cref="Durations"/>.</summary>
    /// <param name="min">The shortest time allowed.</param>
    /// <param name="shownDefault">How the table shows the default, if it varies.</param>
    public TimeSpan Duration(string name, TimeSpan whenUnset, TimeSpan min, string meaning, string? shownDefault = null)
    {
        Declare(name, shownDefault ?? Durations.ToText(whenUnset), meaning);
        if (ValueOf(name) is not { } text)
        {
            return whenUnset;
        }

        if (Durations.TryParse(text, out TimeSpan duration) && duration >= min)
        {
            return duration;
        }

        AddError(name, $"'{text}' is not a time of {Durations.ToText(min)} or more; for example 90s, 15m, 2h, 7d");
        return whenUnset;
    }

    /// <summary>On or off.</summary>
    /// <param name="inDevelopment">What it is in development if it is unset; elsewhere it is off then.</param>
    public bool Flag(string name, string meaning, bool inDevelopment = false)
    {
        Declare(name, inDevelopment ? "0 (1 in development)" : "0", $"{meaning} 1 or 0.");
        switch (ValueOf(name)?.ToLowerInvariant())
        {
            case null:
                return inDevelopment && isDevelopment;
            case "0" or "false" or "no" or "off":
                return false;
            case "1" or "true" or "yes" or "on":
                return true;
            default:
                AddError(name, $"'{ValueOf(name)}' is neither 1 nor 0");
                return false;
        }
    }

    /// <summary>A file mode in octal: the owner may read and write, nobody may execute.</summary>
    /// <returns>Null if it is unset.</returns>
    public UnixFileMode? FileMode(string name, string meaning, string shownDefault)
    {
        const int All = 0b110_110_110;
        const int Owners = 0b110_000_000;
        Declare(name, shownDefault, meaning);
        if (ValueOf(name) is not { } text)
        {
            return null;
        }

        if (text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7') && Convert.ToInt32(text, 8) is var mode && (mode & ~All) == 0 && (mode & Owners) == Owners)
        {
            return (UnixFileMode)mode;
        }

        AddError(name, $"'{text}' is not a mode from 0600 to 0666 by which the owner may read and write; for example 0644");
        return null;
    }

    /// <summary>One of several words, in upper or lower case.</summary>
    /// <param name="choices">The first is the default.</param>
    public string Choice(string name, IReadOnlyList<string> choices, string meaning, Func<string, string?>? whyNot = null)
    {
        Declare(name, choices[0], meaning);
        string value = ValueOf(name) ?? choices[0];
        if (whyNot?.Invoke(value) is { } reason)
        {
            AddError(name, reason);
        }
        else if (!choices.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            AddError(name, $"'{value}' is not one of: {string.Join(", ", choices)}");
        }

        return choices.FirstOrDefault(choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase), choices[0]);
    }

    /// <summary>A folder that must be set outside development, must exist and be writable.</summary>
    /// <param name="inDevelopment">Used if it is unset in development; there a missing folder is created.</param>
    /// <param name="isNeeded">If not, it is only declared and may be anything.</param>
    public DirectoryInfo Folder(string name, string inDevelopment, string meaning, bool isNeeded = true)
    {
        if (!isNeeded)
        {
            Declare(name, "", meaning);
            return new DirectoryInfo(inDevelopment);
        }

        string? value = Required(name, meaning, $"`{inDevelopment}`", $"/srv/{inDevelopment}");
        DirectoryInfo folder = new(value ?? inDevelopment);
        if (value is not null || isDevelopment)
        {
            // Elsewhere, a folder that is missing may be a disk that is not mounted.
            TryPrepare(name, folder, mayCreate: isDevelopment);
        }

        return folder;
    }

    /// <summary>A folder that is created if it is missing, for this user alone.</summary>
    public DirectoryInfo OwnFolder(string name, string whenUnset, string shownDefault, string meaning)
    {
        Declare(name, shownDefault, meaning);
        DirectoryInfo folder = new(ValueOf(name) ?? whenUnset);
        // The default is in a shared folder, where anybody can create it first. The owner of a configured folder is the operator's choice.
        if (ValueOf(name) is null && _checksFolders && new[] { folder.Parent!, folder }.FirstOrDefault(IsOfOthers) is { } theirs)
        {
            AddError(name, $"is not set, and '{theirs.FullName}' in its default path does not belong to '{Environment.UserName}': its owner could read and replace files in progress; set it to a folder of its own, for example {name}=/var/tmp/images");
            return folder;
        }

        TryPrepare(name, folder, mayCreate: true, isPrivate: true);
        return folder;
    }

    /// <param name="problem">What is wrong with the value and what would be right; shown on the operator's screen and in the log.</param>
    public void AddError(string name, string problem) => _mistakes.Add($"{name}: {problem}");

    internal string? ValueOf(string name) => variables(name) is { Length: > 0 } value ? value : null;

    private string? SecretOf(string name)
    {
        string fileName = name + FileEnding;
        if (ValueOf(fileName) is not { } path)
        {
            return ValueOf(name);
        }

        if (ValueOf(name) is not null)
        {
            AddError(fileName, $"{name} is set, too; leave out one of the two");
            return null;
        }

        try
        {
            using FileStream file = File.Open(path, new FileStreamOptions { Share = FileShare.ReadWrite, BufferSize = 0 });
            Span<byte> content = new byte[MostSecretBytes];
            int length = file.ReadAtLeast(content, MostSecretBytes, throwOnEndOfStream: false);
            string text = System.Text.Encoding.UTF8.GetString(content[..length]).TrimEnd('\r', '\n');
            if (text.Length > 0 && length < MostSecretBytes)
            {
                return text;
            }

            AddError(fileName, length < MostSecretBytes ? $"the file '{path}' is empty" : $"the file '{path}' is too large for a secret");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            AddError(fileName, $"the file '{path}' does not exist; make it, or mount it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            AddError(fileName, $"the file '{path}' can't be read by the user '{Environment.UserName}'");
        }

        return null;
    }

    /// <returns>What each declared setting is set to, to be shown to an operator: of a secret only whether it is set.</returns>
    public IReadOnlyList<ShownSetting> Show() =>
        [.. _declarations.DistinctBy(one => one.Name).Select(one => one.IsSecret ? ShowSecret(one) : Show(one))];

    private ShownSetting Show(SettingDeclaration setting)
    {
        string? value = ValueOf(setting.Name);
        return new ShownSetting(setting.Name, WithoutPassword(value) ?? setting.Default, IsSecret: false, IsDefault: value is null);
    }

    private ShownSetting ShowSecret(SettingDeclaration setting)
    {
        bool isSet = (ValueOf(setting.Name) ?? ValueOf(setting.Name + FileEnding)) is not null;
        return new ShownSetting(setting.Name, isSet ? "(set)" : "(not set)", IsSecret: true, IsDefault: !isSet);
    }

    // Addresses are no secrets, but may hold a password.
    private static string? WithoutPassword(string? value) =>
        Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.UserInfo.Length > 0 ? value!.Replace(address.UserInfo, "…", StringComparison.Ordinal) : value;

    private void Declare(string name, string @default, string meaning, bool isSecret = false) =>
        _declarations.Add(new SettingDeclaration(name, @default, meaning) { IsSecret = isSecret });

    private void TryPrepare(string name, DirectoryInfo folder, bool mayCreate, bool isPrivate = false)
    {
        if (!_checksFolders)
        {
            return;
        }

        if (File.Exists(folder.FullName))
        {
            AddError(name, $"'{folder.FullName}' is a file, not a folder");
            return;
        }

        if (!folder.Exists && !mayCreate)
        {
            AddError(name, $"the folder '{folder.FullName}' does not exist; make it, or mount it");
            return;
        }

        try
        {
            if (isPrivate && !folder.Exists)
            {
                MakePrivate(folder);
            }
            else
            {
                folder.Create();
            }

            if (isPrivate && ValueOf(name) is null && !OperatingSystem.IsWindows())
            {
                folder.UnixFileMode = ForOwner; // older versions made it readable for everybody
            }

            // A partial file: if the process is killed here, a sweep removes it.
            using FileStream probe = HeldFile.Create(() => PartialFile.Draw(folder.FullName));
            File.Delete(probe.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            AddError(name, $"the folder '{folder.FullName}' can't be written by the user '{Environment.UserName}'{HowToGive(folder)}");
        }
    }

    // What is missing is in a folder of somebody else; of a mount in a container, only the host's root can change the owner.
    private static string HowToGive(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return "";
        }

        while (!folder.Exists && folder.Parent is { } parent)
        {
            folder = parent;
        }

        return $"; give it to that user: chown -R {Posix.CurrentUser()} {folder.FullName} (of a container: on the host, for the folder that is mounted there)";
    }

    private static bool IsOfOthers(DirectoryInfo folder) => Posix.Look(folder.FullName) is { } facts && facts.Owner != Posix.CurrentUser();

    private static void MakePrivate(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows())
        {
            folder.Create();
            return;
        }

        folder.Parent?.Create();
        Directory.CreateDirectory(folder.FullName, ForOwner);
    }
}

/// <summary>One row of the table of settings.</summary>
/// <param name="Default">As shown; empty if there is none.</param>
public sealed record SettingDeclaration(string Name, string Default, string Meaning)
{
    /// <summary>Whether nobody should see its value.</summary>
    public bool IsSecret { get; init; }
}

/// <param name="Value">As it was set, or its default in words; of a secret whether it is set.</param>
public sealed record ShownSetting(string Name, string Value, bool IsSecret, bool IsDefault);

/// <summary>The settings can't be used.</summary>
public sealed class SettingsException(IReadOnlyList<string> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes))
{
    /// <returns>The message for an operator, in several lines.</returns>
    /// <param name="outcome">The consequence, such as <c>The service does not start</c>.</param>
    /// <param name="advice">Where all settings are explained; a sentence.</param>
    public string Tell(string outcome, string advice) =>
        string.Join(Environment.NewLine, [$"{outcome}: these settings can't be used.", .. Mistakes.Select(mistake => $"  {mistake}"), advice]);

    /// <summary>Each names its variable, what is wrong with the value, and what would be right.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
