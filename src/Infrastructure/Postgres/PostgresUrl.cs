using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Configuration;
using Npgsql;

namespace ImageBackend.Infrastructure.Postgres;

/// <summary>The address of a PostgreSQL database, as <c>postgresql://user:password@host:5432/name?sslmode=require</c>.</summary>
/// <remarks>
/// Also accepts the form of Python's SQLAlchemy (<c>postgresql+psycopg2://</c>), whose settings it may come from. Its text has no password.
/// </remarks>
public sealed partial class PostgresUrl
{
    private const string Parameters = "sslmode, sslrootcert, sslcert, sslkey, connect_timeout, application_name, host, port, user, password, dbname";

    private readonly NpgsqlConnectionStringBuilder _parts;

    private PostgresUrl(NpgsqlConnectionStringBuilder parts) => _parts = parts;

    /// <param name="problem">What is wrong with the text; repeats nothing of it except names of parameters.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PostgresUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        Match match = UrlGrammar().Match(text);
        if (!match.Success)
        {
            problem = "is not the address of a PostgreSQL database, or has characters such as @ or / in a part that must be percent-encoded (%40, %2F)";
            return false;
        }

        // With Kerberos as its first choice, Npgsql complains on stderr where that is not installed, as in containers.
        NpgsqlConnectionStringBuilder parts = new() { GssEncryptionMode = GssEncryptionMode.Disable };
        problem = TakeAuthority(parts, match) ?? TakeParameters(parts, match.Groups["query"].Value);
        problem ??= string.IsNullOrEmpty(parts.Host) ? "names no host" : string.IsNullOrEmpty(parts.Database) ? "names no database" : null;
        url = problem is null ? new PostgresUrl(parts) : null;
        return url is not null;
    }

    /// <returns>Host, port and name; for messages.</returns>
    public override string ToString() => $"{_parts.Host}:{_parts.Port}/{_parts.Database}";

    /// <param name="isReadOnly">Whether the server refuses all writes on these connections.</param>
    internal string ToConnectionString(bool isReadOnly)
    {
        NpgsqlConnectionStringBuilder parts = new(_parts.ConnectionString);
        if (isReadOnly)
        {
            parts.Options = "-c default_transaction_read_only=on";
        }

        return parts.ConnectionString;
    }

    /// <returns>A connection for work that waits for nobody: few at a time, and a broken line is noticed.</returns>
    /// <param name="patience">The longest time to wait for a connection, or an answer; null: as the address says, or for as long as usual.</param>
    internal NpgsqlConnectionStringBuilder ToConnection(int maxConnections, TimeSpan? patience = null)
    {
        NpgsqlConnectionStringBuilder parts = new(_parts.ConnectionString)
        {
            MaxPoolSize = maxConnections,
            KeepAlive = 15,
            ApplicationName = _parts.ApplicationName ?? "images",
        };
        if (patience is { } time)
        {
            parts.Timeout = parts.CommandTimeout = (int)time.TotalSeconds;
        }

        return parts;
    }

    /// <summary>Reads a setting that is the address of a database.</summary>
    /// <returns>Null if it is unset or invalid.</returns>
    internal static PostgresUrl? Read(SettingsReader variables, string name, string meaning)
    {
        if (variables.Secret(name, meaning) is not { } text)
        {
            return null;
        }

        if (!TryParse(text, out PostgresUrl? url, out string? problem))
        {
            variables.AddError(name, $"{problem}; for example postgresql://user:password@host:5432/name");
        }

        return url;
    }

    private static string? TakeAuthority(NpgsqlConnectionStringBuilder parts, Match match)
    {
        string Part(string name) => Uri.UnescapeDataString(match.Groups[name].Value);
        parts.Host = Part("host").Trim('[', ']');
        parts.Username = Part("user") is { Length: > 0 } user ? user : null;
        parts.Password = Part("password") is { Length: > 0 } password ? password : null;
        parts.Database = Part("name");
        return Part("port") is { Length: > 0 } port ? TakePort(parts, port) : null;
    }

    private static string? TakeParameters(NpgsqlConnectionStringBuilder parts, string query)
    {
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = pair.Split('=', 2)[0];
            string value = Uri.UnescapeDataString(pair.Length > name.Length ? pair[(name.Length + 1)..] : "");
            if (TakeParameter(parts, name, value) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? TakeParameter(NpgsqlConnectionStringBuilder parts, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                if (!Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out SslMode mode) || value.Any(char.IsDigit))
                {
                    return "has an sslmode that is not one of: disable, allow, prefer, require, verify-ca, verify-full";
                }

                parts.SslMode = mode;
                return null;
            case "connect_timeout":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds > 1024)
                {
                    return "has a connect_timeout that is not a number of seconds up to 1024";
                }

                parts.Timeout = seconds;
                return null;
            case "port":
                return TakePort(parts, value);
            case "sslrootcert":
                parts.RootCertificate = value;
                return null;
            case "sslcert":
                parts.SslCertificate = value;
                return null;
            case "sslkey":
                parts.SslKey = value;
                return null;
            case "application_name":
                parts.ApplicationName = value;
                return null;
            case "host":
                parts.Host = value;
                return null;
            case "user":
                parts.Username = value;
                return null;
            case "password":
                parts.Password = value;
                return null;
            case "dbname":
                parts.Database = value;
                return null;
            default:
                return ParameterGrammar().IsMatch(name)
                    ? $"has a parameter '{name}' that is not known; possible are {Parameters}"
                    : $"has a parameter that is not known; possible are {Parameters}";
        }
    }

    private static string? TakePort(NpgsqlConnectionStringBuilder parts, string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return "has a port that is not a number from 1 to 65535";
        }

        parts.Port = port;
        return null;
    }

    [GeneratedRegex(
        @"\Apostgres(ql)?(\+[a-z0-9]+)?://((?<user>[^:/@?]*)(:(?<password>[^@]*))?@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^/:?@\[\]]*)(:(?<port>[^/?@]*))?(/(?<name>[^/?@]*))?(\?(?<query>[^@]*))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex UrlGrammar();

    // Anything else may be the end of a password that one of its own characters cut in two.
    [GeneratedRegex(@"\A[a-z_]{1,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterGrammar();
}
