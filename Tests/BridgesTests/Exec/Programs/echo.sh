#!/bin/sh
# Says again what people say, in nothing but the shell.
#
# { "type": "exec", "name": "eco", "command": ["./echo.sh"] }
echo '{"type":"ready","can":["echo"]}'
while read -r line; do
    case $line in
    '{"type":"message",'*)
        # The text as it stands there, a JSON string: quotation marks inside it have a backslash.
        text=${line#*'"text":'}
        for field in reply automatic cut; do text=${text%%",\"$field\":"*}; done
        printf '{"type":"say","text":%s}\n' "${text%\}}"
        ;;
    '{"type":"stop"'*) exit ;;
    esac
done
